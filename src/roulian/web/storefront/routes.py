"""Every storefront door and the handler behind it; the list is the storefront's table of contents."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from roulian.web.hot import Route
from roulian.web.storefront import (
    aftersales,
    catalogue,
    coupons,
    groups,
    members,
    order_page,
    orders,
    presales,
    session,
    signals,
    tailored,
)
from roulian.web.storefront.deps import StoreDeps
from roulian.web.storefront.intake import Batch, Intake
from roulian.web.wire import Call, Reply

__all__ = ["StoreDeps", "storefront_routes"]

Door = Callable[[StoreDeps, Call], Awaitable[Reply]]


def storefront_routes(deps: StoreDeps) -> Sequence[Route]:
    """The routes, bound to the store and the gateways they need."""

    def bound(method: str, path: str, handler: Door, *, summary: str, request: type | None = None) -> Route:
        return Route(method, f"/api/store{path}", partial(handler, deps), request=request, summary=summary)

    showing = partial(catalogue.product, partial(catalogue.pages, account=deps.appid))
    return (
        bound("POST", "/session", session.sign_in, request=session.SignIn, summary="wx.login code → session token"),
        bound("POST", "/members/me", session.settle_in, request=session.AboutMe, summary="Tell where I live"),
        *members.doors(bound),
        bound("GET", "/products", catalogue.products, summary="What is sold, with stock or promise"),
        bound("GET", "/products/{sku}", showing, summary="One product with its live promise and why"),
        bound("GET", "/catalogue/{product}", catalogue.entry, summary="One product: options, media, every combination"),
        bound("GET", "/tailored/{product}", tailored.design, summary="What may be chosen of a product made to measure"),
        bound(
            "POST",
            "/tailored/{product}/quote",
            tailored.quote,
            request=tailored.Wish,
            summary="Price, date and binding constraint of one piece",
        ),
        bound(
            "POST",
            "/tailored/{product}/requests",
            tailored.submit,
            request=tailored.Submission,
            summary="Ask for a piece; its text is judged, then it is a SKU",
        ),
        bound("GET", "/tailored/requests/{request}", tailored.show, summary="One of my requests as it stands"),
        bound("GET", "/campaigns", catalogue.campaigns, summary="Open presales and how full they are"),
        Route(
            "POST",
            "/api/store/signals",
            partial(signals.record, Intake(deps.store, deps.clock)),
            request=Batch,
            summary="Views, favourites, reads, shares",
        ),
        *orders.doors(bound, deps),
        *order_page.doors(bound),
        *presales.doors(bound),
        *(door for room in (aftersales, coupons, groups) for door in room.doors(bound)),
    )
