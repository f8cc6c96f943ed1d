"""Who may pass which door of the console: one table, asked before every door.

On this machine and on the sample brand the console stands open, to nobody in particular (ADR 0012); serving live, or
to other machines, it asks for a staff session or an API key. The first row of `NEEDS` that fits a door is its rule.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import ClassVar

from fastapi import Request

from roulian import people
from roulian.people import May
from roulian.store import Tx
from roulian.web.console.deps import ConsoleDeps
from roulian.words import Refusal

PREFIX = "/api/console"
COOKIE = "roulian_staff"
ANYONE = people.Caller("open", "本机", frozenset(May))
"""Who calls where no login is asked for; readings are recorded under this name too."""

NEEDS: tuple[tuple[str, str, May | None], ...] = (
    ("POST", "/session", None),
    ("*", "/session*", May.LOOK),
    ("*", "/keys*", May.LOOK),
    ("*", "/staff*", May.STAFF),
    ("GET", "/readings*", May.AUDIT),
    ("*", "/webhooks*", May.CONNECT),
    ("POST", "/members/*/readings", May.READ_PERSONAL),
    ("POST", "/members/*/export*", May.RIGHTS),
    ("POST", "/members/*/erasure", May.RIGHTS),
    ("PUT", "/members/*/phone", May.RIGHTS),
    ("GET", "/members*", May.SEE_MEMBERS),
    ("GET", "/merges*", May.SEE_MEMBERS),
    ("POST", "/merges*", May.MERGE),
    ("GET", "*", May.LOOK),
    ("*", "/accounts*", May.ACCOUNTS),
    ("POST", "/clock*", May.RUN),
    ("POST", "/jobs*", May.RUN),
    ("*", "/catalogue*", May.SELL),
    ("*", "/tailored*", May.SELL),
    ("*", "/products*", May.SELL),
    ("*", "/campaigns*", May.SELL),
    ("POST", "/orders/*/split", May.SUPPLY),
    ("*", "/coupons*", May.SELL),
    ("*", "/groupbuys*", May.SELL),
    ("*", "/orders*", May.SELL),
    ("*", "/books*", May.MONEY),
    ("*", "/shipments*", May.SUPPLY),
    ("*", "/shipping*", May.SUPPLY),
    ("*", "/aftersales*", May.MONEY),
    ("*", "/supply*", May.SUPPLY),
    ("*", "/stock*", May.SUPPLY),
    ("*", "/articles*", May.PUBLISH),
    ("*", "*", May.STAFF),
)
"""Method, path and the leave needed; None is open to all. A door nobody thought of is the admins'."""


@dataclass(eq=False)
class NotLoggedIn(Refusal):
    """No staff session and no API key, or one that has ended."""

    code: ClassVar[str] = "not_logged_in"
    zh: ClassVar[str] = "请先登录控制台。登录已过期时请重新登录。"
    en: ClassVar[str] = "Log in to the console first; if your session has ended, log in again."


@dataclass(eq=False)
class MayNot(Refusal):
    """The caller's role or key does not give this leave."""

    may: May
    code: ClassVar[str] = "may_not"
    zh: ClassVar[str] = "您的角色没有“{may}”权限。需要时请联系管理员。"
    en: ClassVar[str] = "Your role does not allow “{may}”. Ask an admin if you need it."


def needed(method: str, path: str) -> May | None:
    """The leave that a door needs, by the first row that fits."""
    return next(may for verb, place, may in NEEDS if verb in ("*", method) and fnmatchcase(path, place))


def guard(deps: ConsoleDeps) -> Callable[[Request], Awaitable[None]]:
    """What every door asks first; afterwards `caller_of` names who passed. Raises `NotLoggedIn`, `MayNot`."""

    async def asked(request: Request) -> None:
        request.state.caller = ANYONE
        may = needed(request.method, request.url.path.removeprefix(PREFIX))
        if deps.staff is None or not deps.staff.must_log_in or may is None:
            return
        token = token_of(request)
        caller = await deps.store.ask(lambda tx: _caller(tx, token)) if token else None
        if caller is None:
            raise NotLoggedIn
        if may not in caller.may:
            raise MayNot(may)
        request.state.caller = caller

    return asked


def _caller(tx: Tx, token: str) -> people.Caller | None:
    if token.startswith(people.KEY_PREFIX):
        return people.caller_of_key(tx, token)
    return people.caller_of_session(tx, token)


def token_of(request: Request) -> str:
    """The API key or session of a request: its bearer token, else its cookie; empty when it has none."""
    bearer = request.headers.get("authorization", "").removeprefix("Bearer ").strip()
    return bearer or request.cookies.get(COOKIE, "")


def caller_of(request: Request) -> people.Caller:
    """Who passed the guard."""
    caller = request.state.caller
    assert isinstance(caller, people.Caller)
    return caller
