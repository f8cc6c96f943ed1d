"""Third-party platforms (第三方平台) and which accounts have let them act for them.

The kernel's part: whose key seals an account's pushes, and whether a platform's token still speaks for an account.
What the platform itself calls is in `component`.
"""

from dataclasses import dataclass

from wechat_sandbox.state import State


@dataclass(frozen=True, slots=True)
class Platform:
    """One third-party platform as its owner has registered it; `$APPID$` in `message_url` stands for the account."""

    appid: str
    name: str
    secret: str
    token: str
    aes_key: str
    ticket_url: str
    message_url: str
    sets: tuple[int, ...]
    ips: tuple[str, ...]
    pushes_tickets: bool


def find_platform(state: State, appid: str) -> Platform | None:
    """The platform, or None."""
    row = state.one("SELECT * FROM platforms WHERE appid = ?", appid)
    if row is None:
        return None
    return Platform(
        appid=row["appid"],
        name=row["name"],
        secret=row["secret"],
        token=row["token"],
        aes_key=row["aes_key"],
        ticket_url=row["ticket_url"],
        message_url=row["message_url"],
        sets=read_sets(row["sets"]),
        ips=tuple(ip for ip in row["ips"].split(",") if ip),
        pushes_tickets=bool(row["pushes_tickets"]),
    )


def platforms_of(state: State, appid: str) -> tuple[Platform, ...]:
    """The platforms that the account has authorised, oldest authorisation first."""
    rows = state.all("SELECT platform FROM authorizations WHERE appid = ? ORDER BY granted_ms, platform", appid)
    found = (find_platform(state, row["platform"]) for row in rows)
    return tuple(platform for platform in found if platform is not None)


def granted_sets(state: State, platform: str, appid: str) -> frozenset[int] | None:
    """The ids of the permission sets that the account has given the platform; None when it is not authorised."""
    sets = state.value("SELECT sets FROM authorizations WHERE platform = ? AND appid = ?", platform, appid)
    return None if sets is None else frozenset(read_sets(sets))


def read_sets(text: str) -> tuple[int, ...]:
    """Permission-set ids from their stored form, `1,7,11`."""
    return tuple(int(number) for number in text.split(",") if number)


def written_sets(sets: tuple[int, ...]) -> str:
    """Permission-set ids in their stored form, in order and once each."""
    return ",".join(str(number) for number in sorted(set(sets)))
