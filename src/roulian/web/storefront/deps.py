"""What the storefront's handlers are given, and who is calling."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from roulian import people
from roulian.gateways.pay import Pay
from roulian.gateways.wechat import WeChat
from roulian.store import KeyRing, Store, Tx
from roulian.words import Clock, MemberId, Refusal


@dataclass(frozen=True, slots=True)
class StoreDeps:
    """The store, the clock, WeChat and WeChat Pay, and the shop's settings.

    `templates` are the messages a buyer is asked to allow at checkout, `group_templates`, `case_templates` and
    `pick_up_templates` those in a group, with an after-sales case and when an order is to be collected.
    """

    store: Store
    clock: Clock
    wechat: WeChat
    pay: Pay
    appid: str
    public_url: str
    pay_within: timedelta
    templates: Sequence[str]
    deposit_templates: Sequence[str]
    substitute_templates: Sequence[str]
    chance: Callable[[int], int]
    ring: KeyRing
    group_templates: Sequence[str] = ()
    case_templates: Sequence[str] = ()
    pick_up_templates: Sequence[str] = ()


class NotSignedIn(Refusal):
    """No session, or one that has ended."""

    code = "not_signed_in"
    zh = "登录已过期,请重新打开小程序。"
    en = "Your session has ended. Please open the mini-program again."


def callers(tx: Tx, tokens: Collection[str]) -> Mapping[str, MemberId]:
    """The member each token belongs to; tokens of nobody are absent."""
    return {token: member.id for token, member in people.members_of_sessions(tx, tokens).items()}


def caller(tx: Tx, token: str) -> MemberId:
    """The member the token belongs to; `NotSignedIn` when there is none."""
    member = people.member_of_session(tx, token) if token else None
    if member is None:
        raise NotSignedIn
    return member
