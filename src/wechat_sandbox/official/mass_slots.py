"""How often an account may send to many: the slots of a day, of a month, and of each person.

- 公众号 (subscription): one mass message a day, to all, to a tag or to openids (45028).
- 服务号 (service): a person receives four in a calendar month, more are filtered; to *all* at most four in a month
  (45028), because each of these enters the history.
A job that failed gives its slot back. Source: developers.weixin.qq.com, 群发接口和原创校验.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from wechat_sandbox.accounts import Account, AccountKind
from wechat_sandbox.moments import day_of
from wechat_sandbox.official.followers import following
from wechat_sandbox.official.template_messages import ALL_MESSAGES
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError

MOST_A_DAY = 1
MOST_A_MONTH = 4


class JobStatus(StrEnum):
    """Where a mass message stands; the values are WeChat's `msg_status`, `CONFIRMING` is shown as sending."""

    CONFIRMING = "CONFIRMING"
    SENDING = "SENDING"
    SENT = "SEND_SUCCESS"
    FAILED = "SEND_FAIL"
    DELETED = "DELETE"


def month_of(at_ms: int) -> str:
    """The calendar month in China, `YYYY-MM`."""
    return day_of(at_ms)[:7]


def check_slot(state: State, app: Account, *, is_to_all: bool) -> None:
    """The account may send one more; raises `ApiError` 45028 otherwise."""
    day = day_of(state.now_ms)
    if app.kind is AccountKind.SUBSCRIPTION:
        used = _jobs(state, app.appid, "day = ?", day)
        if used >= MOST_A_DAY:
            raise ApiError(45028)
    elif is_to_all and _jobs(state, app.appid, "is_to_all AND month = ?", day[:7]) >= MOST_A_MONTH:
        raise ApiError(45028)


def _jobs(state: State, appid: str, where: str, value: str) -> int:
    used: int = state.value(
        f"SELECT COUNT(*) FROM mass_jobs WHERE appid = ? AND status != 'SEND_FAIL' AND {where}", appid, value
    )
    return used


def receivers(state: State, app: Account, openids: Iterable[str]) -> Sequence[str]:
    """Of these followers, those who get it: not blacklisted, not refusing, and with a message left this month."""
    month = month_of(state.now_ms)
    return [openid for openid in openids if _may_receive(state, app, openid, month)]


def _may_receive(state: State, app: Account, openid: str, month: str) -> bool:
    barred = state.value(
        "SELECT EXISTS (SELECT 1 FROM blacklist WHERE appid = ?1 AND openid = ?2)"
        " OR EXISTS (SELECT 1 FROM refusals WHERE appid = ?1 AND openid = ?2 AND template_id = ?3)",
        app.appid,
        openid,
        ALL_MESSAGES,
    )
    if barred:
        return False
    if app.kind is AccountKind.SUBSCRIPTION:
        return True
    received = state.value(
        "SELECT received FROM mass_received WHERE appid = ? AND openid = ? AND month = ?", app.appid, openid, month
    )
    return received is None or received < MOST_A_MONTH


def count_received(state: State, appid: str, openids: Iterable[str]) -> None:
    """Each of them has received one more this month."""
    month = month_of(state.now_ms)
    rows: list[tuple[object, ...]] = [(appid, openid, month) for openid in openids]
    state.run_many(
        "INSERT INTO mass_received VALUES (?, ?, ?, 1) ON CONFLICT DO UPDATE SET received = received + 1", rows
    )


def followers_among(state: State, appid: str, openids: Iterable[str]) -> list[str]:
    """Those who follow the account, each once, in the order given."""
    return [openid for openid in dict.fromkeys(openids) if following(state, appid, openid) is not None]
