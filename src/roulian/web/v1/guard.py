"""Who may call what: one row per route, asked before every one of them.

A route without a row, or a row without a route, keeps the API from being composed at all.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

from fastapi import APIRouter, Request, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from roulian import people
from roulian.people import May
from roulian.store import Store
from roulian.words import Bug, Refusal

SCOPES: Mapping[tuple[str, str], May] = {
    ("GET", "/v1/products"): May.LOOK,
    ("GET", "/v1/products/{product}"): May.LOOK,
    ("PUT", "/v1/products/{product}"): May.SELL,
    ("GET", "/v1/stock"): May.LOOK,
    ("GET", "/v1/stock/moves"): May.LOOK,
    ("POST", "/v1/stock/adjustments"): May.SUPPLY,
    ("GET", "/v1/orders"): May.LOOK,
    ("GET", "/v1/orders/{order}"): May.LOOK,
    ("POST", "/v1/orders/{order}/cancel"): May.SELL,
    ("POST", "/v1/orders/{order}/refunds"): May.MONEY,
    ("GET", "/v1/shipments"): May.LOOK,
    ("GET", "/v1/orders/{order}/shipments"): May.LOOK,
    ("POST", "/v1/orders/{order}/shipments"): May.SELL,
    ("GET", "/v1/campaigns"): May.LOOK,
    ("GET", "/v1/campaigns/{campaign}"): May.LOOK,
    ("POST", "/v1/campaigns"): May.SELL,
    ("GET", "/v1/members"): May.SEE_MEMBERS,
    ("GET", "/v1/members/{member}"): May.SEE_MEMBERS,
    ("POST", "/v1/members/{member}/readings"): May.READ_PERSONAL,
    ("GET", "/v1/forecasts"): May.LOOK,
    ("GET", "/v1/proposals"): May.LOOK,
    ("GET", "/v1/events"): May.LOOK,
    ("GET", "/v1/event-kinds"): May.LOOK,
    ("GET", "/v1/webhooks"): May.CONNECT,
    ("POST", "/v1/webhooks"): May.CONNECT,
    ("GET", "/v1/webhooks/{webhook}"): May.CONNECT,
    ("PUT", "/v1/webhooks/{webhook}"): May.CONNECT,
    ("DELETE", "/v1/webhooks/{webhook}"): May.CONNECT,
    ("POST", "/v1/webhooks/{webhook}/secret"): May.CONNECT,
    ("GET", "/v1/webhooks/{webhook}/deliveries"): May.CONNECT,
    ("POST", "/v1/webhooks/{webhook}/deliveries/{delivery}/replay"): May.CONNECT,
    ("POST", "/v1/webhooks/{webhook}/replays"): May.CONNECT,
}
"""Method and path of every route, and the scope that a key needs for it."""

_BEARER = HTTPBearer(auto_error=False, scheme_name="apiKey", description="An API key, made in the console: rlk_…")


@dataclass(eq=False)
class NoApiKey(Refusal):
    """No API key, or one that was revoked, has ended, or whose maker left."""

    code: ClassVar[str] = "no_api_key"
    zh: ClassVar[str] = (
        "请带上有效的 API 密钥:Authorization: Bearer rlk_…;密钥在控制台“员工”页或用 roulian staff key 创建。"
    )
    en: ClassVar[str] = (
        "Send an API key in force: Authorization: Bearer rlk_…; keys are made in the console or with roulian staff key."
    )


@dataclass(eq=False)
class ScopeNeeded(Refusal):
    """The key has not the scope that this route needs."""

    scope: May
    code: ClassVar[str] = "scope_needed"
    zh: ClassVar[str] = "这个密钥没有“{scope}”权限,请换用或新建带此权限的密钥。"
    en: ClassVar[str] = "This key has not the scope “{scope}”. Use or make one that has."


def guard(store: Store) -> Callable[..., Awaitable[None]]:
    """What every route asks first; afterwards `caller_of` names the key. Raises `NoApiKey`, `ScopeNeeded`."""

    async def asked(
        request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
    ) -> None:
        token = credentials.credentials if credentials else ""
        is_key = token.startswith(people.KEY_PREFIX) and token.isascii()
        caller = await store.ask(lambda tx: people.caller_of_key(tx, token)) if is_key else None
        if caller is None:
            raise NoApiKey
        scope = SCOPES[request.method, request.scope["route"].path]
        if scope not in caller.may:
            raise ScopeNeeded(scope)
        request.state.caller = caller

    return asked


def caller_of(request: Request) -> people.Caller:
    """The key that passed the guard."""
    caller = request.state.caller
    assert isinstance(caller, people.Caller)
    return caller


def check_scopes(rooms: Iterable[APIRouter]) -> None:
    """Every route of the API has its scope and every scope its route, else a `Bug`."""
    routes = [route for room in rooms for route in room.routes if isinstance(route, APIRoute)]
    there = {(method, route.path) for route in routes for method in route.methods or ()}
    if there != SCOPES.keys():
        raise Bug(f"routes and scopes differ: {sorted(there ^ SCOPES.keys())}")
