"""The ring's numbers: each is one value over a shared look at the stages, and a way to the rows behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from roulian import decide, deliver, make, predict, sell, sense, stock, tell
from roulian.store import Tx
from roulian.web.console import rows
from roulian.words import Day

ANOMALY_DAYS = 7
KEPT_DAYS = 28


class Stage(StrEnum):
    """The stations of the ring, then the two in its middle."""

    SENSE = "sense"
    PREDICT = "predict"
    DECIDE = "decide"
    MAKE = "make"
    DELIVER = "deliver"
    TELL = "tell"
    SELL = "sell"
    STOCK = "stock"


class Tone(StrEnum):
    """Whether a number is fine, wants an eye, or wants a hand."""

    CALM = "calm"
    GOOD = "good"
    WATCH = "watch"
    BAD = "bad"


class Unit(StrEnum):
    """What a number counts."""

    COUNT = "count"
    UNITS = "units"
    FEN = "fen"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at every stage, shared by all numbers: a dozen plural reads of one snapshot."""

    signals: Mapping[sense.SignalKind, int]
    forecasts: int
    anomalies: int
    ledger: decide.LedgerCounts
    moved_today: int
    proposals: int
    purchases: tuple[make.Purchase, ...]
    works: int
    parcels: int
    delivered: int
    notices: Mapping[tell.NoticeStatus, int]
    orders: Mapping[sell.OrderStatus, int]
    today: tuple[sell.DayTotals, ...]
    campaigns: int
    levels: tuple[stock.Level, ...]


def look(tx: Tx) -> Look:
    """Read everything the ring shows."""
    day = tx.now.day()
    midnight = day.at(0)
    parcels = deliver.shipment_counts(tx)
    return Look(
        signals=_signals(tx, day),
        forecasts=len(predict.latest(tx, list(sell.skus(tx)))),
        anomalies=len(rows.anomalies(tx, days=ANOMALY_DAYS)),
        ledger=decide.ledger_counts(tx, first=day.plus(1 - KEPT_DAYS), last=day),
        moved_today=decide.ledger_counts(tx, first=day, last=day).moved,
        proposals=len(rows.open_proposals(tx)),
        purchases=make.open_purchases(tx),
        works=len(make.open_work_orders(tx)),
        parcels=sum(parcels[status] for status in deliver.ON_THE_WAY),
        delivered=deliver.signed_since(tx, midnight),
        notices=tell.notice_counts(tx, since=midnight),
        orders=sell.order_counts(tx),
        today=sell.daily_totals(tx, first=day, last=day),
        campaigns=len(sell.open_campaigns(tx)),
        levels=stock.shelves(tx),
    )


def _signals(tx: Tx, day: Day) -> Mapping[sense.SignalKind, int]:
    found = dict.fromkeys(sense.SignalKind, 0)
    for row in sense.signal_days(tx, first=day, last=day):
        found[row.kind] += row.n
    return found


@dataclass(frozen=True, slots=True)
class Number:
    """One number: what it counts, how it is read, when it wants attention, and its rows."""

    key: str
    unit: Unit
    value: Callable[[Look], float | None]
    rows: rows.Source
    tone: Callable[[float], Tone] = lambda _: Tone.CALM

    @property
    def stage(self) -> Stage:
        """The station it stands at."""
        return Stage(self.key.partition(".")[0])


def _watch(value: float) -> Tone:
    return Tone.WATCH if value > 0 else Tone.CALM


def _bad(value: float) -> Tone:
    return Tone.BAD if value > 0 else Tone.CALM


def _kept_tone(ratio: float) -> Tone:
    good, fair = 0.95, 0.85
    return Tone.GOOD if ratio >= good else Tone.WATCH if ratio >= fair else Tone.BAD


def _kept(seen: Look) -> float | None:
    kept, broken = seen.ledger.by_outcome.get("kept", 0), seen.ledger.by_outcome.get("broken", 0)
    return kept / (kept + broken) if kept + broken else None


def _sold(seen: Look) -> tuple[sell.DayTotals, ...]:
    return tuple(row for row in seen.today if row.status in rows.SOLD)


_SIGNAL = sense.SignalKind
_NOTICE = tell.NoticeStatus

NUMBERS: Mapping[str, Number] = {
    number.key: number
    for number in (
        Number("sense.views", Unit.COUNT, lambda s: s.signals[_SIGNAL.VIEW], rows.signals(_SIGNAL.VIEW)),
        Number("sense.reads", Unit.COUNT, lambda s: s.signals[_SIGNAL.READ], rows.signals(_SIGNAL.READ)),
        Number("sense.carts", Unit.COUNT, lambda s: s.signals[_SIGNAL.CART], rows.signals(_SIGNAL.CART)),
        Number("predict.forecasts", Unit.COUNT, lambda s: s.forecasts, rows.forecasts),
        Number("predict.anomalies", Unit.COUNT, lambda s: s.anomalies, rows.anomaly_table, _watch),
        Number("decide.open", Unit.COUNT, lambda s: s.proposals, rows.proposals, _watch),
        Number("decide.kept", Unit.RATIO, _kept, rows.settled_orders, _kept_tone),
        Number("decide.moved", Unit.COUNT, lambda s: s.moved_today, rows.moved_promises, _watch),
        Number("make.purchases", Unit.COUNT, lambda s: len(s.purchases), rows.purchases),
        Number(
            "make.late",
            Unit.COUNT,
            lambda s: sum(one.status is make.PurchaseStatus.LATE for one in s.purchases),
            rows.late_purchases,
            _bad,
        ),
        Number("make.works", Unit.COUNT, lambda s: s.works, rows.works),
        Number("deliver.moving", Unit.COUNT, lambda s: s.parcels, rows.parcels),
        Number("deliver.delivered", Unit.COUNT, lambda s: s.delivered, rows.delivered),
        Number("tell.sent", Unit.COUNT, lambda s: s.notices[_NOTICE.SENT], rows.notices(_NOTICE.SENT)),
        Number("tell.queued", Unit.COUNT, lambda s: s.notices[_NOTICE.QUEUED], rows.notices(_NOTICE.QUEUED)),
        Number("tell.failed", Unit.COUNT, lambda s: s.notices[_NOTICE.FAILED], rows.notices(_NOTICE.FAILED), _watch),
        Number("sell.revenue", Unit.FEN, lambda s: sum(row.amount_fen for row in _sold(s)), rows.orders_today),
        Number("sell.paid", Unit.COUNT, lambda s: sum(row.orders for row in _sold(s)), rows.orders_today),
        Number("sell.waiting", Unit.COUNT, lambda s: s.orders[sell.OrderStatus.PAID], rows.waiting_orders),
        Number("sell.campaigns", Unit.COUNT, lambda s: s.campaigns, rows.campaigns),
        Number("stock.free", Unit.UNITS, lambda s: sum(max(0, one.net) for one in s.levels), rows.levels),
        Number(
            "stock.below",
            Unit.COUNT,
            lambda s: sum(one.is_under_line() for one in s.levels),
            rows.levels_below,
            _watch,
        ),
        Number("stock.waiting", Unit.UNITS, lambda s: sum(one.waiting for one in s.levels), rows.levels_waiting),
    )
}
