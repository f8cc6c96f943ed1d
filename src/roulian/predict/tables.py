"""Where forecasts, their accuracy and anomalies are kept. Bands are float32 little-endian, row by row."""

from typing import Any

import numpy as np
import sqlalchemy as sa

from roulian.predict.model import QUANTILES, Accuracy, Anomaly, Array, Forecast
from roulian.store import METADATA, any_of
from roulian.words.ids import SkuId
from roulian.words.time import Day

FORECASTS = sa.Table(
    "predict_forecasts",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("made_day", sa.Text, nullable=False),
    sa.Column("horizon_days", sa.Integer, nullable=False),
    sa.Column("daily", sa.LargeBinary, nullable=False),
    sa.Column("cumulative", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("sku", "made_day"),
    sa.Index("ix_predict_forecasts_made_day", "made_day"),
)
ANOMALIES = sa.Table(
    "predict_anomalies",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("sku", sa.Text, nullable=False),
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("actual", sa.Float, nullable=False),
    sa.Column("low", sa.Float, nullable=False),
    sa.Column("high", sa.Float, nullable=False),
    sa.Column("made_day", sa.Text, nullable=False),
    sa.UniqueConstraint("sku", "day"),
)
ACCURACIES = sa.Table(
    "predict_accuracies",
    METADATA,
    sa.Column("day", sa.Text, primary_key=True),
    sa.Column("horizon_days", sa.Integer, primary_key=True),
    sa.Column("origins", sa.Integer, nullable=False),
    sa.Column("series", sa.Integer, nullable=False),
    sa.Column("pinball", sa.Float, nullable=False),
    sa.Column("coverage_95", sa.Float, nullable=False),
    sa.Column("wape", sa.Float, nullable=False),
    sa.Column("naive_pinball", sa.Float, nullable=False),
    sa.Column("naive_coverage_95", sa.Float, nullable=False),
)

_COLUMNS = (
    FORECASTS.c.id,
    FORECASTS.c.sku,
    FORECASTS.c.made_day,
    FORECASTS.c.horizon_days,
    FORECASTS.c.daily,
    FORECASTS.c.cumulative,
)
_DAY = sa.bindparam("day", type_=sa.Text)

ADD_FORECAST = sa.text(
    "INSERT INTO predict_forecasts (id, sku, made_day, horizon_days, daily, cumulative)"
    " VALUES (:id, :sku, :made_day, :horizon_days, :daily, :cumulative) ON CONFLICT (sku, made_day) DO NOTHING",
)
MADE_ON = sa.select(FORECASTS.c.sku).where(FORECASTS.c.made_day == _DAY, any_of(FORECASTS.c.sku, "skus"))
_NEWEST = FORECASTS.alias("newest")
LATEST_BEFORE = sa.select(*_COLUMNS).where(
    any_of(FORECASTS.c.sku, "skus"),
    FORECASTS.c.made_day
    == sa.select(sa.func.max(_NEWEST.c.made_day))
    .where(_NEWEST.c.sku == FORECASTS.c.sku, _NEWEST.c.made_day < _DAY)
    .scalar_subquery(),
)
FORECAST_ON = sa.select(*_COLUMNS).where(FORECASTS.c.sku == sa.bindparam("sku"), FORECASTS.c.made_day == _DAY)
ADD_ANOMALY = sa.text(
    "INSERT INTO predict_anomalies (id, sku, day, actual, low, high, made_day)"
    " VALUES (:id, :sku, :day, :actual, :low, :high, :made_day) ON CONFLICT (sku, day) DO NOTHING",
)
ANOMALIES_PAGE = sa.text(
    "SELECT id, sku, day, actual, low, high, made_day FROM predict_anomalies"
    " WHERE (CAST(:sku AS TEXT) IS NULL OR sku = :sku) AND (CAST(:before AS TEXT) IS NULL OR id < :before)"
    " ORDER BY id DESC LIMIT :limit",
)
KEEP_ACCURACY = sa.text(
    "INSERT INTO predict_accuracies (day, horizon_days, origins, series, pinball, coverage_95, wape,"
    " naive_pinball, naive_coverage_95) VALUES (:day, :horizon_days, :origins, :series, :pinball, :coverage_95,"
    " :wape, :naive_pinball, :naive_coverage_95) ON CONFLICT (day, horizon_days) DO UPDATE SET"
    " origins = excluded.origins, series = excluded.series, pinball = excluded.pinball,"
    " coverage_95 = excluded.coverage_95, wape = excluded.wape, naive_pinball = excluded.naive_pinball,"
    " naive_coverage_95 = excluded.naive_coverage_95",
)
ACCURACIES_PAGE = sa.text(
    "SELECT day, horizon_days, origins, series, pinball, coverage_95, wape, naive_pinball, naive_coverage_95"
    " FROM predict_accuracies ORDER BY day DESC, horizon_days LIMIT :limit",
)


def packed(band: Array) -> bytes:
    """A band as stored: float32, little-endian, row by row; a unit in sixteen million is lost."""
    return np.ascontiguousarray(band, dtype="<f4").tobytes()


def forecast(row: tuple[Any, ...]) -> Forecast:
    """A row of forecast columns."""
    return Forecast(row[0], SkuId(row[1]), Day.parse(row[2]), row[3], _unpacked(row[4]), _unpacked(row[5]))


def _unpacked(stored: bytes) -> Array:
    return np.frombuffer(bytes(stored), dtype="<f4").astype(np.float64).reshape(-1, len(QUANTILES))


def anomaly(row: tuple[Any, ...]) -> Anomaly:
    """A row of `ANOMALIES_PAGE`."""
    return Anomaly(row[0], SkuId(row[1]), Day.parse(row[2]), row[3], row[4], row[5], Day.parse(row[6]))


def accuracy(row: tuple[Any, ...]) -> tuple[Day, Accuracy]:
    """A row of `ACCURACIES_PAGE`."""
    return Day.parse(row[0]), Accuracy(*row[1:])


ANOMALY_COUNT = sa.text("SELECT COUNT(*) FROM predict_anomalies WHERE day BETWEEN :first AND :last")
