"""Which permission set lets a third-party platform call which API; the table is `permissions.toml`."""

import importlib.resources
import tomllib
from dataclasses import dataclass
from functools import cache

from wechat_sandbox.accounts import AccountKind
from wechat_sandbox.platforms import granted_sets
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """One 权限集 and the kinds of account that can grant it."""

    id: int
    name: str
    accounts: frozenset[AccountKind]


@dataclass(frozen=True, slots=True)
class Permissions:
    """The whole table: the sets, and for each path the sets of which one is needed (none: any authorisation will do)."""

    sets: tuple[PermissionSet, ...]
    exact: dict[str, frozenset[int]]
    prefixes: tuple[tuple[str, frozenset[int]], ...]

    def needed(self, path: str) -> frozenset[int] | None:
        """The sets of which the API wants one; None for an API no platform may call."""
        found = self.exact.get(path)
        if found is not None:
            return found
        return next((sets for prefix, sets in self.prefixes if path.startswith(prefix)), None)


@cache
def permissions() -> Permissions:
    """The table of `permissions.toml`, read once."""
    text = importlib.resources.files("wechat_sandbox").joinpath("component", "permissions.toml").read_text("utf-8")
    table = tomllib.loads(text)
    rows = {row["path"]: frozenset(row["sets"]) for row in table["api"]}
    prefixes = [(path.removesuffix("*"), sets) for path, sets in rows.items() if path.endswith("*")]
    return Permissions(
        sets=tuple(
            PermissionSet(row["id"], row["name"], frozenset(map(AccountKind, row["accounts"]))) for row in table["set"]
        ),
        exact={path: sets for path, sets in rows.items() if not path.endswith("*")},
        prefixes=tuple(sorted(prefixes, key=lambda row: -len(row[0]))),
    )


def sets_for(kind: AccountKind) -> tuple[PermissionSet, ...]:
    """The permission sets an account of this kind can grant."""
    return tuple(known for known in permissions().sets if kind in known.accounts)


def check_granted(state: State, *, platform: str, appid: str, path: str) -> None:
    """The platform may call `path` for the account now.

    Raises `ApiError` 61003 when the account has withdrawn its authorisation, 61007 when it lacks the permission set.
    """
    granted = granted_sets(state, platform, appid)
    if granted is None:
        raise ApiError(61003)
    needed = permissions().needed(path)
    if needed is None or (needed and not needed & granted):
        raise ApiError(61007)
