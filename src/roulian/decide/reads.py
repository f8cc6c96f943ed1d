"""Questions about what was decided."""

from collections.abc import Collection, Mapping

from roulian.decide import tables
from roulian.decide.model.promise import LedgerCounts, Promise, Promised
from roulian.decide.model.proposal import Proposal, ProposalKind, ProposalStatus, UnknownProposal
from roulian.store import Tx
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day


def proposal(tx: Tx, ident: str) -> Proposal:
    """The proposal of this id. Raises `UnknownProposal`."""
    row = tx.one(tables.PROPOSAL, id=ident)
    if row is None:
        raise UnknownProposal(ident)
    return tables.proposal(row)


def proposals(tx: Tx, ids: Collection[str]) -> Mapping[str, Proposal]:
    """The proposals of these ids that exist."""
    found = (tables.proposal(row) for row in tx.rows(tables.PROPOSALS_OF, ids=list(ids)))
    return {proposal.id: proposal for proposal in found}


def proposals_page(
    tx: Tx,
    *,
    statuses: Collection[ProposalStatus] = tuple(ProposalStatus),
    kinds: Collection[ProposalKind] = tuple(ProposalKind),
    sku: SkuId | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Proposal, ...]:
    """Proposals of these statuses and kinds, newest first, at most `limit`, older than the id `before`."""
    rows = tx.rows(
        tables.PROPOSALS_PAGE,
        statuses=[status.value for status in statuses],
        kinds=[kind.value for kind in kinds],
        sku=sku,
        before=before,
        limit=limit,
    )
    return tuple(tables.proposal(row) for row in rows)


def promises(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, tuple[Promise, ...]]:
    """What each order is promised now, by line; orders never promised are absent."""
    found: dict[OrderId, list[Promise]] = {}
    for row in tx.rows(tables.PROMISES_OF, orders=list(orders)):
        entry = tables.promised(row)
        found.setdefault(entry.order, []).append(entry.promise)
    return {order: tuple(lines) for order, lines in found.items()}


def promise_history(tx: Tx, order: OrderId) -> tuple[Promised, ...]:
    """Everything the order was ever promised, oldest version first."""
    return tuple(tables.promised(row) for row in tx.rows(tables.HISTORY_OF, order=order))


def first_days(tx: Tx, orders: Collection[OrderId]) -> Mapping[OrderId, Day]:
    """The day each order was promised when it was placed; orders never promised are absent."""
    return {OrderId(row[0]): Day.parse(row[1]) for row in tx.rows(tables.FIRST_DAYS_OF, orders=list(orders))}


def bulk_lines(tx: Tx, skus: Collection[SkuId]) -> Mapping[SkuId, int]:
    """From how many units a line of each SKU is bulk; SKUs without such a line are absent."""
    return {SkuId(row[0]): row[1] for row in tx.rows(tables.BULK_LINES_OF, skus=list(skus))}


def ledger_counts(tx: Tx, *, first: Day, last: Day) -> LedgerCounts:
    """What was promised from `first` to `last`, both included, and what became of it."""
    span = {"first_at": first.at(0).ms, "end_at": last.plus(1).at(0).ms}
    moved = tx.one(tables.LEDGER_MOVES, **span)
    return LedgerCounts(
        by_outcome={row[0]: row[1] for row in tx.rows(tables.LEDGER_OUTCOMES, **span)},
        by_first_outcome={row[0]: row[1] for row in tx.rows(tables.LEDGER_FIRST, **span)},
        by_source={row[0]: row[1] for row in tx.rows(tables.LEDGER_SOURCES, **span)},
        moved=moved[0] if moved else 0,
    )
