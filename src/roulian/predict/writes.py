"""What is kept of forecasting: the forecasts, how they did, and the days they did not foresee."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict

import numpy as np

from roulian.predict import tables
from roulian.predict.events import AnomalyFound, ForecastMade
from roulian.predict.methods.outliers import fences, outliers
from roulian.predict.methods.paths import Bands
from roulian.predict.model import Accuracy, Forecast
from roulian.store import Tx
from roulian.words.ids import SkuId
from roulian.words.time import Day

MOST_ANOMALIES = 20
"""A planner's morning: more alerts than this a day are not read."""


def save(tx: Tx, skus: Sequence[SkuId], *, made_day: Day, bands: Bands) -> int:
    """Keep the bands as forecasts made on the evening of `made_day`, and say how many were new.

    One forecast per SKU and day: a repeated night changes nothing and says nothing.
    """
    known = {row[0] for row in tx.rows(tables.MADE_ON, day=made_day.iso(), skus=list(skus))}
    rows = [
        {
            "id": tx.new_id("fct"),
            "sku": sku,
            "made_day": made_day.iso(),
            "horizon_days": bands.daily.shape[1],
            "daily": tables.packed(bands.daily[i]),
            "cumulative": tables.packed(bands.cumulative[i]),
        }
        for i, sku in enumerate(skus)
        if sku not in known
    ]
    if rows:
        tx.many(tables.ADD_FORECAST, rows)
        tx.emit(ForecastMade(made_day, len(rows)))
    return len(rows)


def judge(tx: Tx, *, day: Day, actual: Mapping[SkuId, float], most: int = MOST_ANOMALIES) -> int:
    """Compare the demand of `day`, in units, with the latest forecast made before it; say how many anomalies are new.

    SKUs without an earlier forecast are passed over. The `most` furthest outside are kept and said,
    once per SKU and day.
    """
    found = [tables.forecast(row) for row in tx.rows(tables.LATEST_BEFORE, skus=sorted(actual), day=day.iso())]
    judged = sorted((f for f in found if f.limits(day) is not None), key=lambda f: f.sku)
    if not judged:
        return 0
    low, median, high = np.array([f.limits(day) for f in judged], dtype=np.float64).T
    demand = np.array([actual[f.sku] for f in judged])
    below, above = fences(low, median, high)
    worst = outliers(demand, low, median, high)[:most]
    return sum(
        _add_anomaly(tx, judged[i], day, actual=float(demand[i]), low=float(below[i]), high=float(above[i]))
        for i in worst
    )


def save_accuracy(tx: Tx, accuracy: Accuracy, *, day: Day) -> None:
    """Keep the back-test done on `day`; doing it again for the same horizon replaces it."""
    tx.run(tables.KEEP_ACCURACY, day=day.iso(), **asdict(accuracy))


def _add_anomaly(tx: Tx, forecast: Forecast, day: Day, *, actual: float, low: float, high: float) -> int:
    added = tx.run(
        tables.ADD_ANOMALY,
        id=tx.new_id("ano"),
        sku=forecast.sku,
        day=day.iso(),
        actual=actual,
        low=low,
        high=high,
        made_day=forecast.made_day.iso(),
    )
    if added:
        tx.emit(AnomalyFound(forecast.sku, day, actual, low, high))
    return added
