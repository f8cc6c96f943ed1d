"""Questions about cases. A page is newest first."""

from roulian.returns import tables
from roulian.returns.model import Case, CaseId, CaseNotFound, CaseStatus
from roulian.store import Tx
from roulian.words.ids import MemberId, OrderId


def case(tx: Tx, ident: CaseId, *, member: MemberId | None = None) -> Case:
    """The case; with `member`, only that member's own. Raises `CaseNotFound`."""
    known = tables.cases(tx.rows(tables.OF_IDS, ids=[ident])).get(ident)
    if known is None or (member is not None and known.member != member):
        raise CaseNotFound(ident)
    return known


def cases_of(tx: Tx, order: OrderId) -> tuple[Case, ...]:
    """Every case of the order, oldest first."""
    return tuple(tables.cases(tx.rows(tables.OF_ORDER, order=order)).values())


def cases_page(
    tx: Tx, *, status: CaseStatus | None = None, before: str | None = None, limit: int = 50
) -> tuple[Case, ...]:
    """At most `limit` cases older than the id `before`, in `status` if given."""
    ids = [CaseId(row[0]) for row in tx.rows(tables.PAGE, of_status=status, before=before, most=limit)]
    found = tables.cases(tx.rows(tables.OF_IDS, ids=ids))
    return tuple(found[ident] for ident in ids)
