"""What changes about members: they sign in, merge and part, open sessions, agree or not."""

from collections.abc import Callable
from datetime import timedelta

from roulian.people.events import ConsentGiven, ConsentWithdrawn, MemberJoined, MembersMerged, MembersParted
from roulian.people.model import NotMerged, Purpose, hashed_token
from roulian.people.tables import members as tables
from roulian.people.tables.members import root as _root
from roulian.store import Tx
from roulian.words.errors import Bug
from roulian.words.ids import MemberId

_TOKEN_BITS = 256


def sign_in(tx: Tx, *, appid: str, openid: str, unionid: str | None) -> MemberId:
    """The member behind this openid, made on first sight; a unionid seen elsewhere joins the two for good.

    Saying it again changes nothing. An openid that already carries another unionid keeps the one it has:
    the openid is the account that signed in, a changed unionid means the brand moved its open account.
    Two whom somebody parted stay apart.
    """
    found = tx.one(tables.MEMBER_BY_OPENID, appid=appid, openid=openid)
    if found is None:
        return _meet(tx, appid=appid, openid=openid, unionid=unionid)
    member, known = MemberId(found[0]), found[1]
    if unionid is None or known is not None:
        return member
    holder = tx.one(tables.MEMBER_BY_UNIONID, unionid=unionid)
    if holder is None:
        tx.run(tables.LEARN_UNIONID, member=member, new_unionid=unionid, at=tx.now.ms, through=appid)
        return member
    if were_parted(tx, MemberId(holder[0]), member):
        return member
    return merge(tx, MemberId(holder[0]), gone=member, evidence=f"unionid seen through {appid}")


def _meet(tx: Tx, *, appid: str, openid: str, unionid: str | None) -> MemberId:
    holder = None if unionid is None else tx.one(tables.MEMBER_BY_UNIONID, unionid=unionid)
    member = MemberId(tx.new_id("mem")) if holder is None else MemberId(holder[0])
    if not tx.run(tables.ADD_OPENID, appid=appid, openid=openid, member=member, at=tx.now.ms):
        return _must_find(tx, appid=appid, openid=openid)
    if holder is not None:
        return member
    if not tx.run(tables.JOIN, member=member, unionid=unionid, at=tx.now.ms, appid=appid):
        return _join_holder(tx, appid=appid, openid=openid, unionid=unionid)
    tx.emit(MemberJoined(member))
    return member


def _join_holder(tx: Tx, *, appid: str, openid: str, unionid: str | None) -> MemberId:
    """Another process met the same person a moment earlier: the openid joins the member made there."""
    holder = tx.one(tables.MEMBER_BY_UNIONID, unionid=unionid)
    if holder is None:
        raise Bug("a unionid that is taken has no holder")
    tx.run(tables.MOVE_OPENID, appid=appid, openid=openid, member=holder[0])
    return MemberId(holder[0])


def _must_find(tx: Tx, *, appid: str, openid: str) -> MemberId:
    found = tx.one(tables.MEMBER_BY_OPENID, appid=appid, openid=openid)
    if found is None:
        raise Bug("an openid that could not be added cannot be found")
    return MemberId(found[0])


def merge(tx: Tx, kept: MemberId, *, gone: MemberId, evidence: str) -> MemberId:
    """`gone` answers as `kept` from now on; the edge is kept with its evidence and can be taken back by `part`.

    Returns the member kept. Merging what is already one changes nothing.
    """
    kept, gone = _root(tx, kept), _root(tx, gone)
    if kept == gone:
        return kept
    if tx.run(tables.POINT_AT, kept=kept, gone=gone):
        tx.run(tables.ADD_MERGE, id=tx.new_id("mrg"), kept=kept, gone=gone, evidence=evidence, at=tx.now.ms)
        tx.emit(MembersMerged(kept, gone))
    return kept


def part(tx: Tx, kept: MemberId, *, gone: MemberId) -> None:
    """The merge is taken back: `gone`, and whoever had merged into it, stand apart again. Raises `NotMerged`."""
    if not tx.run(tables.END_MERGE, kept=kept, gone=gone, at=tx.now.ms):
        raise NotMerged(kept, gone)
    tx.run(tables.STAND_ALONE, gone=gone)
    tx.run(tables.POINT_FAMILY_AT, gone=gone)
    tx.emit(MembersParted(kept, gone))


def were_parted(tx: Tx, one: MemberId, other: MemberId) -> bool:
    """Whether a merge of the two was ever taken back: what a person decided, a machine does not undo."""
    return tx.one(tables.PARTED, ids=[one, other]) is not None


def settle_in(tx: Tx, member: MemberId, *, region: str) -> None:
    """The member's region, for demand by region and delivery; the last word counts. Raises `UnknownMember`."""
    tx.run(tables.SETTLE, member=_root(tx, member), region=region)


def open_session(
    tx: Tx,
    member: MemberId,
    *,
    chance: Callable[[int], int],
    lasts: timedelta = timedelta(days=30),
) -> str:
    """A fresh session token of 256 bits, told once and stored only as its SHA-256.

    `chance(bits)` is `secrets.randbits` in production and a seeded source in a simulation: ids are made
    to be sortable, so they must never serve as a secret.
    """
    token = f"{chance(_TOKEN_BITS):064x}"
    until = tx.now.plus(lasts).ms
    tx.run(tables.ADD_SESSION, hash=hashed_token(token), member=_root(tx, member), at=tx.now.ms, until=until)
    return token


def give_consent(tx: Tx, member: MemberId, *, purpose: Purpose, text_version: str) -> None:
    """The ledger gains a yes to `purpose` under this version of the text; saying it again adds nothing."""
    owner = _root(tx, member)
    if _last_word(tx, owner, purpose=purpose) == (True, text_version):
        return
    _note(tx, owner, purpose=purpose, is_given=True, text_version=text_version)
    tx.emit(ConsentGiven(owner, purpose))


def withdraw_consent(tx: Tx, member: MemberId, *, purpose: Purpose, text_version: str) -> None:
    """The ledger gains a no to `purpose`; without a yes before it there is nothing to withdraw."""
    owner = _root(tx, member)
    is_given, _ = _last_word(tx, owner, purpose=purpose)
    if not is_given:
        return
    _note(tx, owner, purpose=purpose, is_given=False, text_version=text_version)
    tx.emit(ConsentWithdrawn(owner, purpose))


def _note(tx: Tx, member: MemberId, *, purpose: Purpose, is_given: bool, text_version: str) -> None:
    tx.run(
        tables.ADD_CONSENT,
        id=tx.new_id("con"),
        member=member,
        purpose=purpose.value,
        is_given=int(is_given),
        text_version=text_version,
        at=tx.now.ms,
    )


def _last_word(tx: Tx, member: MemberId, *, purpose: Purpose) -> tuple[bool, str]:
    mine = [line for line in tables.ledger(tx, [member]) if line.purpose is purpose]
    return (mine[-1].is_given, mine[-1].text_version) if mine else (False, "")
