"""How the ring is doing: one definition per figure, from facts the other stages know.

Owns: one row per closed day (stock, stock-outs), the KPI definitions.
Says: nothing; it is asked.
Never: counts what another stage already counts; never changes anything but its own days.
"""

from roulian.learn.methods.kpi import kpis
from roulian.learn.methods.shelf import stock_day
from roulian.learn.methods.totals import SoldTotals, counted, sold_totals
from roulian.learn.model import Facts, Kpi, StockDay, Unit
from roulian.learn.reads import stock_days
from roulian.learn.writes import close_day

__all__ = [
    "Facts",
    "Kpi",
    "SoldTotals",
    "StockDay",
    "Unit",
    "close_day",
    "counted",
    "kpis",
    "sold_totals",
    "stock_day",
    "stock_days",
]
