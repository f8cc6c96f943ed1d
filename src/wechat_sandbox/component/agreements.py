"""What an account's administrator does: let a platform act for the account, let it do more or less, take it back.

The platform hears of it twice: by the redirect with `auth_code`, and by a push to its ticket URL.
"""

from dataclasses import dataclass

from wechat_sandbox.accounts import account
from wechat_sandbox.component.permissions import sets_for
from wechat_sandbox.platforms import Platform, find_platform, granted_sets, written_sets
from wechat_sandbox.pushes import push_platform
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, ControlError

PREAUTH_LIFE_MS = 600_000
CODE_LIFE_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the administrator's consent gives the platform: a code, good for one exchange within an hour."""

    auth_code: str
    expires_in_s: int


def preauth_platform(state: State, code: str, *, platform: str) -> Platform:
    """The platform that asked with this pre_auth_code; raises `ControlError` when the page would not open."""
    issued_ms = state.value("SELECT issued_ms FROM preauth_codes WHERE code = ? AND platform = ?", code, platform)
    found = find_platform(state, platform)
    if issued_ms is None or found is None or state.now_ms >= issued_ms + PREAUTH_LIFE_MS:
        raise ControlError("preauth_code_invalid", "预授权码无效或已过期,请让第三方平台重新生成授权链接")
    return found


def offered_sets(state: State, platform: Platform, appid: str) -> tuple[int, ...]:
    """The permission sets that the platform asks for and the account can grant."""
    try:
        kind = account(state, appid).kind
    except ApiError as error:
        raise ControlError("unknown_account", f"there is no account {appid!r}") from error
    suited = {known.id for known in sets_for(kind)}
    return tuple(number for number in platform.sets if number in suited)


def agree(state: State, platform: Platform, appid: str, *, sets: tuple[int, ...], preauth_code: str) -> Agreement:
    """The account lets the platform act with these permission sets; push `authorized`, or `updateauthorized` again.

    Raises `ControlError` for sets the platform does not ask for, or none at all.
    """
    offered = offered_sets(state, platform, appid)
    if not sets or not set(sets) <= set(offered):
        raise ControlError("sets_not_offered", f"the platform asks this account for {list(offered)} only")
    known = granted_sets(state, platform.appid, appid) is not None
    state.run(
        "INSERT INTO authorizations VALUES (?, ?, '', ?, ?) ON CONFLICT DO UPDATE SET sets = excluded.sets,"
        " granted_ms = excluded.granted_ms",
        platform.appid,
        appid,
        written_sets(sets),
        state.now_ms,
    )
    code = f"queryauthcode@@@{state.draw_text(64)}"
    state.run("INSERT INTO authorization_codes VALUES (?, ?, ?, ?, 0)", code, platform.appid, appid, state.now_ms)
    fields = {
        "AuthorizerAppid": appid,
        "AuthorizationCode": code,
        "AuthorizationCodeExpiredTime": (state.now_ms + CODE_LIFE_MS) // 1000,
        "PreAuthCode": preauth_code,
    }
    push_platform(state, platform, "updateauthorized" if known else "authorized", fields)
    return Agreement(auth_code=code, expires_in_s=CODE_LIFE_MS // 1000)


def withdraw(state: State, platform: str, appid: str) -> None:
    """The account takes its authorisation back; push `unauthorized`. Raises `ControlError` when there is none."""
    found = find_platform(state, platform)
    taken = state.run("DELETE FROM authorizations WHERE platform = ? AND appid = ?", platform, appid)
    if found is None or taken.rowcount == 0:
        raise ControlError("not_authorized", f"{appid!r} has not authorised {platform!r}")
    push_platform(state, found, "unauthorized", {"AuthorizerAppid": appid})
