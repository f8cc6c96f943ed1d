"""What people do in WeChat opens and closes the ways to write to them: every push that tells of it enters a ledger.

WeChat repeats pushes and mixes their order; the ledgers believe the second each one names. Someone who follows or
writes is a member from then on, known by that account's openid until they show that they are one with another.
"""

from collections.abc import Mapping
from types import MappingProxyType

from roulian import people, tell
from roulian.gateways import wechat
from roulian.gateways.wechat import ActKind
from roulian.store import Tx
from roulian.words import MemberId

_EARNS: Mapping[ActKind, tell.Opener] = MappingProxyType(
    {
        ActKind.MESSAGE: tell.Opener.MESSAGE,
        ActKind.MENU_TAP: tell.Opener.MENU_CLICK,
        ActKind.FOLLOW: tell.Opener.FOLLOW,
        ActKind.SCAN: tell.Opener.SCAN,
        ActKind.SESSION_ENTER: tell.Opener.SESSION_ENTER,
    }
)
_FOLLOWS: Mapping[ActKind, tell.Follow] = MappingProxyType(
    {ActKind.FOLLOW: tell.Follow.FOLLOWING, ActKind.UNFOLLOW: tell.Follow.LEFT}
)


def act(tx: Tx, appid: str, done: wechat.Act, *, limits: tell.Limits) -> None:
    """A person did something towards one of the brand's accounts; an account the matrix does not know hears nothing."""
    account = tell.account(tx, appid)
    if account is None:
        return
    member = _member(tx, appid, done.openid)
    if member is None and done.kind in _EARNS:
        member = people.sign_in(tx, appid=appid, openid=done.openid, unionid=None)
    if member is None:
        return
    contact = tell.Contact(appid, done.at, _EARNS.get(done.kind), _FOLLOWS.get(done.kind))
    tell.contacted(tx, member, contact, kind=account.kind, limits=limits)


def consent_taps(tx: Tx, appid: str, said: wechat.Message) -> None:
    """Answers to the subscription pop-up enter the consent ledger, each once: a yes allows a message, a no is noted."""
    for tap in wechat.accepted(said):
        if (member := _member(tx, appid, tap.openid)) is not None:
            tell.grant(tx, member, template=tap.template, n=1, source=tap.key)
    for tap in wechat.declined(said):
        if (member := _member(tx, appid, tap.openid)) is not None:
            tell.decline(tx, member, template=tap.template, source=tap.key)


def consent_changes(tx: Tx, appid: str, said: wechat.Message) -> None:
    """A member who switched a subscription off in WeChat's own settings is not written to again."""
    for tap in wechat.withdrawn(said):
        if (member := _member(tx, appid, tap.openid)) is not None:
            tell.withdraw(tx, member, template=tap.template, source=tap.key)


def delivered(tx: Tx, appid: str, said: wechat.Message) -> None:
    """WeChat tells what reached a phone: a message whose answer was lost is found again."""
    for delivery in wechat.deliveries(said):
        if (member := _member(tx, appid, delivery.openid)) is not None:
            tell.heard_sent(tx, member, template=delivery.template, message=delivery.message, at=delivery.at)


def one_person(tx: Tx, event: people.MembersMerged) -> None:
    """Two members turned out to be one: what WeChat lets us write to either counts for the one kept."""
    tell.carry_over(tx, MemberId(event.kept), gone=MemberId(event.gone))


def two_persons(tx: Tx, event: people.MembersParted) -> None:
    """They are two again: what WeChat lets us write to the one who left goes with them, by the accounts they came from."""
    kept, gone = MemberId(event.kept), MemberId(event.gone)
    theirs = [account.appid for account in tell.accounts(tx) if _only_theirs(tx, account.appid, gone, kept=kept)]
    tell.hand_back(tx, gone, kept=kept, accounts=theirs)


def _only_theirs(tx: Tx, appid: str, gone: MemberId, *, kept: MemberId) -> bool:
    known = people.openids(tx, [gone, kept], appid=appid)
    return gone in known and kept not in known


def _member(tx: Tx, appid: str, openid: str) -> MemberId | None:
    return people.member_by_openid(tx, appid=appid, openid=openid)
