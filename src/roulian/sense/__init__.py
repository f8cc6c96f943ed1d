"""What the outside does, as it is noticed: signals of intent, sales, readers.

Owns: signals and their daily counts; sales lines and demand by SKU × region × day; article statistics.
Says: nothing; it is asked.
Never: forecasts; never counts the same signal or the same sales line twice.
"""

from roulian.sense.model import (
    ArticleDay,
    BackwardsDays,
    Batch,
    DemandPanel,
    RegionDay,
    Sale,
    Signal,
    SignalDay,
    SignalKind,
    corrected_ms,
    keys_of,
)
from roulian.sense.reads import (
    article_days,
    demand,
    demand_span,
    line_sizes,
    region_demand,
    sales_page,
    signal_days,
    signals_of,
    signals_page,
    sold_skus,
    units_on,
)
from roulian.sense.writes import forget, forget_old, record, save_article_days, sold

__all__ = [
    "ArticleDay",
    "BackwardsDays",
    "Batch",
    "DemandPanel",
    "RegionDay",
    "Sale",
    "Signal",
    "SignalDay",
    "SignalKind",
    "article_days",
    "corrected_ms",
    "demand",
    "demand_span",
    "forget",
    "forget_old",
    "keys_of",
    "line_sizes",
    "record",
    "region_demand",
    "sales_page",
    "save_article_days",
    "signal_days",
    "signals_of",
    "signals_page",
    "sold",
    "sold_skus",
    "units_on",
]
