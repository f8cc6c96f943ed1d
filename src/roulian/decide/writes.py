"""What is decided: proposals are filed and closed, promises entered in their ledger, bulk lines set."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from roulian.decide import tables
from roulian.decide.events import ProposalApplied, ProposalMade
from roulian.decide.model.promise import Promise
from roulian.decide.model.proposal import Draft, ProposalClosed, ProposalStatus, UnknownProposal
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import OrderId, SkuId
from roulian.words.time import Day, Instant


def file(tx: Tx, drafts: Iterable[Draft]) -> tuple[str, ...]:
    """The ids of the proposals the drafts became, in order; an open one of the same kind and SKU is refreshed."""
    return tuple(_file_one(tx, draft) for draft in drafts)


def apply(tx: Tx, proposal: str) -> None:
    """The proposal is accepted; again changes nothing. Raises `UnknownProposal`, `ProposalClosed` if rejected."""
    if _close(tx, proposal, status=ProposalStatus.APPLIED, why=""):
        tx.emit(ProposalApplied(proposal))


def reject(tx: Tx, proposal: str, why: str) -> None:
    """The proposal is turned down for `why`; again changes nothing. Raises `UnknownProposal`, `ProposalClosed`."""
    _close(tx, proposal, status=ProposalStatus.REJECTED, why=why)


def promised(tx: Tx, made: Mapping[OrderId, Sequence[Promise]]) -> Mapping[OrderId, int]:
    """Enter what each order was promised, as the version returned; earlier versions stay in the ledger."""
    newest = {OrderId(row[0]): row[1] for row in tx.rows(tables.NEWEST_VERSIONS, orders=list(made))}
    versions = {order: newest.get(order, 0) + 1 for order in made}
    tx.many(
        tables.ADD_PROMISE,
        [
            tables.promise_values(promise, order=order, version=versions[order], line=line, at=tx.now)
            for order, promises in made.items()
            for line, promise in enumerate(promises)
        ],
    )
    return versions


def settle_promise(tx: Tx, order: OrderId, *, skus: Collection[SkuId], promised_day: Day, shipped: Instant) -> int:
    """Mark the lines of these SKUs in the order's newest promise, and in its first, kept or broken; each once.

    Told when the last unit of a SKU left. `promised_day` is the order's, as the buyer was told, whether it leaves whole
    or in parts.
    """
    kept = int(shipped.day() <= promised_day)
    settled = tx.many(tables.SETTLE, [{"order": order, "sku": sku, "is_kept": kept} for sku in sorted(skus)])
    day = shipped.day().iso()
    tx.many(tables.SETTLE_FIRST, [{"order": order, "sku": sku, "day": day} for sku in sorted(skus)])
    return settled


def set_bulk_lines(tx: Tx, lines: Mapping[SkuId, int]) -> None:
    """From these units on, a line of the SKU is bulk and leaves the shelf's safety stock alone."""
    rows = [{"sku": sku, "units": units, "at": tx.now.ms} for sku, units in sorted(lines.items())]
    if rows:
        tx.many(tables.SET_BULK_LINE, rows)


def _file_one(tx: Tx, draft: Draft) -> str:
    fresh = tx.new_id("prp")
    filed = tx.one(
        tables.FILE,
        id=fresh,
        kind=draft.kind.value,
        sku=draft.sku,
        qty=draft.qty,
        need_day=draft.need_day.iso(),
        cost_fen=draft.cost_fen,
        code=draft.reason.code.value,
        facts=tables.facts_json(draft.reason),
        at=tx.now.ms,
    )
    if filed is None:
        raise Bug(f"the proposal for {draft.sku} was neither filed nor refreshed")
    if filed[0] == fresh:
        tx.emit(ProposalMade(fresh))
    return str(filed[0])


def _close(tx: Tx, proposal: str, *, status: ProposalStatus, why: str) -> bool:
    if tx.run(tables.CLOSE, id=proposal, status=status.value, at=tx.now.ms, why=why):
        return True
    row = tx.one(tables.PROPOSAL, id=proposal)
    if row is None:
        raise UnknownProposal(proposal)
    standing = tables.proposal(row).status
    if standing is not status:
        raise ProposalClosed(proposal, standing)
    return False
