"""Questions about designs and requests."""

from collections.abc import Collection, Mapping

from roulian.store import Tx
from roulian.tailor import tables
from roulian.tailor.model import Design, NotTailored, Request, RequestId, RequestNotFound, Standing
from roulian.words.ids import MemberId


def designs(tx: Tx, products: Collection[str] | None = None) -> Mapping[str, Design]:
    """The designs of these products that are made to measure, or of all, in order of product."""
    rows = tx.rows(tables.ALL_DESIGNS) if products is None else tx.rows(tables.DESIGNS_OF, products=list(products))
    return {design.product: design for design in map(tables.design, rows)}


def design(tx: Tx, product: str) -> Design:
    """How the product is made to measure. Raises `NotTailored`."""
    known = designs(tx, (product,)).get(product)
    if known is None:
        raise NotTailored(product)
    return known


def requests(tx: Tx, ids: Collection[RequestId]) -> Mapping[RequestId, Request]:
    """The requests of these ids that exist."""
    found = map(tables.request, tx.rows(tables.REQUESTS_OF, ids=list(ids)))
    return {request.id: request for request in found}


def request(tx: Tx, ident: RequestId, *, member: MemberId | None = None) -> Request:
    """The request; with `member`, only that member's own. Raises `RequestNotFound`."""
    known = requests(tx, (ident,)).get(ident)
    if known is None or member not in (None, known.member):
        raise RequestNotFound(ident)
    return known


def requests_of(tx: Tx, members: Collection[MemberId]) -> tuple[Request, ...]:
    """Every request of these members, whatever became of it, oldest first."""
    return tuple(map(tables.request, tx.rows(tables.OF_MEMBERS, members=list(members))))


def requests_page(
    tx: Tx, *, standing: Standing | None = None, before: str | None = None, limit: int = 50
) -> tuple[Request, ...]:
    """At most `limit` requests older than the id `before`, newest first."""
    rows = tx.rows(tables.PAGE, of_standing=standing, before=before, most=limit)
    return tuple(map(tables.request, rows))
