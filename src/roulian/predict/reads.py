"""Questions about what is expected."""

from collections.abc import Mapping, Sequence

from roulian.predict import tables
from roulian.predict.model import Accuracy, Anomaly, Forecast
from roulian.store import Tx
from roulian.words.ids import SkuId
from roulian.words.time import Day

_DOOMSDAY = "9999-12-31"


def latest(tx: Tx, skus: Sequence[SkuId], *, before: Day | None = None) -> Mapping[SkuId, Forecast]:
    """The newest forecast of each SKU, or the newest made before the day `before`; SKUs never forecast are absent."""
    day = _DOOMSDAY if before is None else before.iso()
    found = (tables.forecast(row) for row in tx.rows(tables.LATEST_BEFORE, skus=list(skus), day=day))
    return {forecast.sku: forecast for forecast in found}


def forecast_on(tx: Tx, sku: SkuId, day: Day) -> Forecast | None:
    """The forecast of `sku` made on the evening of `day`; None if there is none."""
    row = tx.one(tables.FORECAST_ON, sku=sku, day=day.iso())
    return None if row is None else tables.forecast(row)


def anomalies_page(
    tx: Tx, *, sku: SkuId | None = None, before: str | None = None, limit: int = 50
) -> tuple[Anomaly, ...]:
    """Anomalies, newest first, at most `limit`, older than the id `before`."""
    return tuple(tables.anomaly(row) for row in tx.rows(tables.ANOMALIES_PAGE, sku=sku, before=before, limit=limit))


def accuracies(tx: Tx, *, limit: int = 50) -> tuple[tuple[Day, Accuracy], ...]:
    """Back-tests with the day they were done, newest first."""
    return tuple(tables.accuracy(row) for row in tx.rows(tables.ACCURACIES_PAGE, limit=limit))


def anomaly_count(tx: Tx, *, first: Day, last: Day) -> int:
    """Anomalies of the days `first` to `last`, both included."""
    row = tx.one(tables.ANOMALY_COUNT, first=first.iso(), last=last.iso())
    return row[0] if row else 0
