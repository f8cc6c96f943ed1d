"""What changes in `tailor`: designs are drawn, requests sent in, judged and forgotten."""

from collections.abc import Collection
from dataclasses import replace

from roulian.store import Tx
from roulian.tailor import tables
from roulian.tailor.methods.checking import check
from roulian.tailor.model import Configuration, Design, DesignChanged, Request, RequestId, RequestNotFound, Standing
from roulian.words.errors import Bug
from roulian.words.ids import MemberId


def save_design(tx: Tx, design: Design) -> int:
    """The product is made to measure as `design` says; its new version. Pieces requested before stay as they are.

    `design.version` is the one it was read at. Raises `BadDesign`; `DesignChanged` where somebody changed it since.
    """
    check(design)
    body = tables.text(design)
    if design.version:
        is_next = tx.run(tables.CHANGE_DESIGN, product=design.product, body=body, was=design.version, now=tx.now.ms)
    else:
        is_next = tx.run(tables.BEGIN_DESIGN, product=design.product, body=body, now=tx.now.ms)
    if not is_next:
        raise DesignChanged(design.product)
    return design.version + 1


def submit(tx: Tx, piece: Configuration, *, member: MemberId, key: str) -> Request:
    """The member's request under `key`; sent again under the same key it is the request of the first time.

    A piece without texts is cleared at once, one with texts is held for a judgement.
    """
    wanted = Request(
        id=RequestId(tx.new_id("sku")),
        member=member,
        key=key,
        piece=piece,
        standing=Standing.HELD if piece.texts else Standing.CLEARED,
        made_at=tx.now,
    )
    tx.run(
        tables.ADD_REQUEST,
        id=wanted.id,
        member=member,
        key=key,
        standing=wanted.standing.value,
        why="",
        piece=tables.text(piece),
        made_at=tx.now.ms,
    )
    row = tx.one(tables.OF_KEY, of_member=member, of_key=key)
    if row is None:
        raise Bug("a request was added and is not there")
    return tables.request(row)


def judge(tx: Tx, ident: RequestId, *, passes: bool, why: str = "") -> Request:
    """The held request cleared or refused; judged the same again nothing changes.

    Raises `RequestNotFound`; `NotHeld` where it was judged otherwise.
    """
    row = next(iter(tx.rows(tables.REQUESTS_OF, ids=[ident])), None)
    if row is None:
        raise RequestNotFound(ident)
    known = tables.request(row)
    after = known.judged(passes=passes, why=why)
    if after != known and not tx.run(tables.JUDGE, of_id=ident, judged=after.standing.value, because=after.why):
        return tables.request(tx.rows(tables.REQUESTS_OF, ids=[ident])[0]).judged(passes=passes, why=why)
    return after


def forget(tx: Tx, members: Collection[MemberId]) -> int:
    """The texts and measures of these members' requests are gone, for an erasure; how many requests that touched."""
    rows = [tables.request(row) for row in tx.rows(tables.OF_MEMBERS, members=list(members))]
    return tx.many(
        tables.FORGET,
        [{"of_id": one.id, "left": tables.text(replace(one.piece, texts=(), measures_mm=()))} for one in rows],
    )
