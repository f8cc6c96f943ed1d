"""The rows behind the ring's numbers, as plain tables: columns say how their values are written."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from roulian import decide, deliver, make, predict, sell, sense, stock, tell
from roulian.store import Tx
from roulian.web.console.names import line_words, sku_words, supplier_words
from roulian.web.console.shapes import Scalar, View, Words
from roulian.words import SkuId

MOST = 500
SOLD = (sell.OrderStatus.PAID, sell.OrderStatus.SHIPPED, sell.OrderStatus.DELIVERED)
"""Statuses of orders whose money is ours."""


class ColumnView(View):
    """A column: `kind` is `sku`, `order`, `day`, `fen`, `word` …; `family` the status words of a `word`."""

    key: str
    kind: str
    family: str | None = None


class RowsView(View):
    """The rows behind one number; `next` is the `before` of the page that follows, null at the end."""

    key: str
    columns: tuple[ColumnView, ...]
    rows: tuple[tuple[Scalar, ...], ...]
    names: Mapping[str, Words]
    next: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns as `key:kind` or `key:word:family`, and their rows."""

    columns: tuple[str, ...]
    rows: Sequence[tuple[Scalar, ...]]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page of how many rows is wanted."""

    before: str | None
    limit: int


Source = Callable[[Tx, Turn], Table]


def rows_view(tx: Tx, key: str, source: Source, turn: Turn) -> RowsView:
    """The table with the names behind its ids."""
    table = source(tx, turn)
    columns = tuple(
        ColumnView(key=(parts := text.split(":"))[0], kind=parts[1], family=_third(parts)) for text in table.columns
    )
    skus = {str(row[i]) for i, column in enumerate(columns) if column.kind == "sku" for row in table.rows if row[i]}
    names = {**sku_words(tx, skus), **supplier_words(tx), **line_words(tx), **_titles(tx, columns)}
    return RowsView(key=key, columns=columns, rows=tuple(table.rows), names=names, next=table.next)


def _third(parts: Sequence[str]) -> str | None:
    return parts[2] if len(parts) > 2 else None  # noqa: PLR2004 - the third part


def _titles(tx: Tx, columns: Iterable[ColumnView]) -> Mapping[str, Words]:
    if not any(column.key == "article" for column in columns):
        return {}
    return {one.id: Words(zh=one.title, en=one.title) for one in tell.articles(tx, limit=MOST)}


def signals(kind: sense.SignalKind) -> Source:
    """Today's signals of one kind."""

    def source(tx: Tx, turn: Turn) -> Table:
        found = sense.signals_page(tx, kind=kind, before=turn.before, limit=turn.limit + 1)
        shown = [one for one in found[: turn.limit] if one.at.day() == tx.now.day()]
        return Table(
            ("at:instant", "sku:sku", "article:text", "region:region", "member:member"),
            [(one.at.ms, one.sku, one.article, one.region, one.member) for one in shown],
            str(found[turn.limit - 1].seq) if len(found) > turn.limit == len(shown) else None,
        )

    return source


def forecasts(tx: Tx, _: Turn) -> Table:
    """The newest forecast of every SKU: what the next seven days are likely to ask for."""
    found = predict.latest(tx, list(sell.skus(tx)))
    week = 7
    return Table(
        ("sku:sku", "day:day", "low:units", "week:units", "high:units"),
        [
            (sku, one.made_day.iso(), one.within(week, 0.05), one.within(week, 0.5), one.within(week, 0.95))
            for sku, one in found.items()
        ],
    )


def anomalies(tx: Tx, *, days: int) -> tuple[predict.Anomaly, ...]:
    """The anomalies of the last `days` days."""
    first = tx.now.day().plus(-days)
    return tuple(one for one in predict.anomalies_page(tx, limit=MOST) if one.day >= first)


def anomaly_table(tx: Tx, _: Turn) -> Table:
    """Days outside their forecast."""
    return Table(
        ("day:day", "sku:sku", "actual:units", "low:units", "high:units"),
        [(one.day.iso(), one.sku, one.actual, one.low, one.high) for one in anomalies(tx, days=7)],
    )


def open_proposals(tx: Tx) -> tuple[decide.Proposal, ...]:
    """Proposals nobody has decided."""
    return decide.proposals_page(tx, statuses=[decide.ProposalStatus.OPEN], limit=MOST)


def proposals(tx: Tx, _: Turn) -> Table:
    """Open proposals."""
    return Table(
        ("proposal:proposal", "kind:word:proposal_kind", "sku:sku", "qty:units", "need_day:day", "cost_fen:fen"),
        [(one.id, one.kind, one.sku, one.qty, one.need_day.iso(), one.cost_fen) for one in open_proposals(tx)],
    )


def _order_table(tx: Tx, orders: Sequence[sell.Order], following: str | None = None) -> Table:
    first = decide.first_days(tx, [order.id for order in orders])
    return Table(
        (
            "order:order",
            "sku:sku",
            "units:units",
            "total_fen:fen",
            "status:word:order",
            "placed_at:instant",
            "was_day:day",
            "promised_day:day",
        ),
        [
            (
                order.id,
                order.lines[0].sku,
                order.units(),
                order.total_fen,
                order.status,
                order.placed_at.ms,
                first[order.id].iso() if first.get(order.id, order.promised_day) != order.promised_day else None,
                order.promised_day.iso(),
            )
            for order in orders
        ],
        following,
    )


def orders_today(tx: Tx, turn: Turn) -> Table:
    """Orders placed today whose money is ours."""
    found = sell.orders_page(tx, before=turn.before, limit=turn.limit)
    today = [order for order in found if order.placed_at.day() == tx.now.day()]
    following = found[-1].id if len(today) == turn.limit else None
    return _order_table(tx, [order for order in today if order.status in SOLD], following)


def _of_status(status: sell.OrderStatus, tx: Tx, turn: Turn) -> Table:
    found = sell.orders_page(tx, status=status, before=turn.before, limit=turn.limit)
    return _order_table(tx, found, found[-1].id if len(found) == turn.limit else None)


waiting_orders: Source = partial(_of_status, sell.OrderStatus.PAID)
"""Paid orders whose goods have not left."""
settled_orders: Source = partial(_of_status, sell.OrderStatus.DELIVERED)
"""Delivered orders, whose promises were kept or broken."""


def moved_promises(tx: Tx, turn: Turn) -> Table:
    """Orders not yet shipped whose promise is not the first one any more."""
    table = waiting_orders(tx, turn)
    was = table.columns.index("was_day:day")
    return Table(table.columns, [row for row in table.rows if row[was]], table.next)


def _purchase_table(purchases: Iterable[make.Purchase]) -> Table:
    return Table(
        (
            "purchase:purchase",
            "supplier:supplier",
            "sku:sku",
            "qty:units",
            "expected_day:day",
            "promised_day:day",
            "late_days:days",
            "status:word:purchase",
        ),
        [
            (
                one.id,
                one.supplier,
                one.sku,
                one.left_qty,
                one.expected_day.iso(),
                one.promised_day.iso(),
                one.promised_day.since(one.expected_day) or None,
                one.status,
            )
            for one in purchases
        ],
    )


def purchases(tx: Tx, _: Turn) -> Table:
    """Purchases not fully received."""
    return _purchase_table(make.open_purchases(tx))


def late_purchases(tx: Tx, _: Turn) -> Table:
    """Purchases whose supplier moved the date."""
    return _purchase_table(one for one in make.open_purchases(tx) if one.status is make.PurchaseStatus.LATE)


def works(tx: Tx, _: Turn) -> Table:
    """Work orders not done."""
    return Table(
        (
            "work:work",
            "sku:sku",
            "line:text",
            "qty:units",
            "done_qty:units",
            "start_day:day",
            "due_day:day",
            "status:word:work",
        ),
        [
            (one.id, one.sku, one.line, one.qty, one.done_qty, one.start_day.iso(), one.due_day.iso(), one.status)
            for one in make.open_work_orders(tx)
        ],
    )


def _parcel_table(parcels: Sequence[deliver.Shipment], following: str | None) -> Table:
    return Table(
        ("order:order", "waybill:code", "status:word:shipment", "shipped_at:instant", "signed_at:instant"),
        [
            (
                one.order,
                one.waybill,
                one.status,
                one.shipped_at.ms if one.shipped_at else None,
                one.signed_at.ms if one.signed_at else None,
            )
            for one in parcels
        ],
        following,
    )


def parcels(tx: Tx, turn: Turn) -> Table:
    """Parcels a carrier still has to move."""
    found = deliver.shipments_page(tx, statuses=deliver.ON_THE_WAY, before=turn.before, limit=turn.limit)
    return _parcel_table(found, found[-1].id if len(found) == turn.limit else None)


def delivered(tx: Tx, turn: Turn) -> Table:
    """Parcels signed for today."""
    found = deliver.shipments_page(tx, statuses=[deliver.ShipmentStatus.SIGNED], before=turn.before, limit=turn.limit)
    today = [one for one in found if one.signed_at and one.signed_at.day() == tx.now.day()]
    return _parcel_table(today, found[-1].id if len(found) == turn.limit else None)


def notices(status: tell.NoticeStatus) -> Source:
    """Today's notices in one status; queued ones whatever their age."""

    def source(tx: Tx, turn: Turn) -> Table:
        found = tell.notices_page(tx, statuses=[status], before=turn.before, limit=turn.limit)
        is_all = status is tell.NoticeStatus.QUEUED
        shown = [one for one in found if is_all or one.made_at.day() == tx.now.day()]
        return Table(
            (
                "notice:notice",
                "scenario:word:scenario",
                "order:order",
                "door:word:door",
                "attempts:count",
                "made_at:instant",
            ),
            [
                (
                    one.id,
                    one.scenario,
                    one.about if one.about.startswith("ord_") else None,
                    one.door,
                    one.attempts,
                    one.made_at.ms,
                )
                for one in shown
            ],
            found[-1].id if len(shown) == turn.limit else None,
        )

    return source


def campaigns(tx: Tx, _: Turn) -> Table:
    """Presales that take orders now."""
    return Table(
        (
            "campaign:campaign",
            "sku:sku",
            "paid_qty:units",
            "lot_qty:units",
            "deadline_at:instant",
            "status:word:campaign",
        ),
        [
            (one.id, one.sku, one.paid_qty, one.lot_qty, one.deadline_at.ms, one.status)
            for one in sell.open_campaigns(tx).values()
        ],
    )


def _levels(is_shown: Callable[[stock.Level], bool], tx: Tx, _: Turn) -> Table:
    shown = [one for one in stock.shelves(tx) if is_shown(one)]
    inbound = make.inbound(tx, [one.sku for one in shown])
    return Table(
        ("sku:sku", "free:units", "safety:units", "on_hand:units", "reserved:units", "waiting:units", "inbound:units"),
        [
            (one.sku, one.net, one.safety, one.on_hand, one.reserved, one.waiting, _coming(inbound, one.sku))
            for one in shown
        ],
    )


def _coming(inbound: Mapping[SkuId, tuple[make.Inbound, ...]], sku: SkuId) -> int:
    return sum(one.qty for one in inbound.get(sku, ()))


levels: Source = partial(_levels, lambda _: True)
"""Every shelf."""
levels_below: Source = partial(_levels, stock.Level.is_under_line)
"""Shelves under their safety line."""
levels_waiting: Source = partial(_levels, lambda one: one.waiting > 0)
"""Shelves orders wait for."""
