"""The open API put together: an application of its own, with a document of its own."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from fastapi import Depends, FastAPI

from roulian.web.errors import readable
from roulian.web.v1.campaigns import campaigns_router
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.events import events_router
from roulian.web.v1.guard import check_scopes, guard
from roulian.web.v1.members import members_router
from roulian.web.v1.orders import orders_router
from roulian.web.v1.planning import planning_router
from roulian.web.v1.problems import MEDIA_TYPE, Problem, install
from roulian.web.v1.products import products_router
from roulian.web.v1.shipments import shipments_router
from roulian.web.v1.stock import stock_router
from roulian.web.v1.webhooks import webhooks_router

PREFIX = "/v1"
Asgi = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]

_ROOMS = (
    products_router,
    stock_router,
    orders_router,
    shipments_router,
    campaigns_router,
    members_router,
    planning_router,
    events_router,
    webhooks_router,
)


def v1_app(deps: V1Deps) -> FastAPI:
    """The API under /v1, its document at /v1/openapi.json and pages to try it at /v1/docs."""
    app = FastAPI(
        title="Roulian 柔链 open API",
        version="1",
        description="Errors are problem documents (RFC 9457). See docs/open-api.md.",
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=f"{PREFIX}/docs",
        redoc_url=None,
    )
    install(app, chance=deps.chance)
    refused = {"model": Problem, "description": "A problem document", "content": {MEDIA_TYPE: {}}}
    rooms = [room(deps) for room in _ROOMS]
    check_scopes(rooms)
    for room in rooms:
        app.include_router(
            room,
            dependencies=[Depends(guard(deps.store)), Depends(readable)],
            responses={"4XX": refused, "5XX": refused},
        )
    return app


def beside(v1: Asgi, rest: Asgi) -> Asgi:
    """One application: what begins with /v1 is the API's, everything else `rest`'s."""

    async def either(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
        is_v1 = scope["type"] == "http" and (scope["path"] == PREFIX or scope["path"].startswith(f"{PREFIX}/"))
        await (v1 if is_v1 else rest)(scope, receive, send)

    return either
