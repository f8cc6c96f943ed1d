"""Webhooks: where facts are sent, what became of each, and sending again what did not arrive."""

from http import HTTPStatus

from fastapi import APIRouter, Request, Response

from roulian import connect
from roulian.flows import announce
from roulian.store import Tx
from roulian.web.console.deps import ConnectDoors
from roulian.web.console.webhooks import (
    DeliveryView,
    Dropped,
    NewWebhook,
    ReplayForm,
    ReplayView,
    SecretView,
    WebhookChange,
    WebhookForm,
    WebhookView,
    changed,
    delivery_view,
    known,
    subscribed,
    webhook_view,
)
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.once import Made, once
from roulian.web.v1.shapes import Cursor, IdempotencyKey, Limit, Page, key_behind, page
from roulian.words import Instant

LIST = "deliveries"


def webhooks_router(deps: V1Deps) -> APIRouter:
    """/v1/webhooks."""
    router = APIRouter(tags=["webhooks"])
    _add_reading(router, deps)
    _add_changing(router, deps)
    _add_secrets(router, deps)
    _add_replaying(router, deps)
    return router


def _add_reading(router: APIRouter, deps: V1Deps) -> None:
    @router.get("/v1/webhooks")
    async def webhooks() -> Page[WebhookView]:
        """All webhooks, oldest first; there are few, so they are one page."""
        found = await deps.store.ask(connect.subscriptions)
        return Page(data=tuple(map(webhook_view, found.values())), next=None)

    @router.get("/v1/webhooks/{webhook}")
    async def webhook(webhook: str) -> WebhookView:
        """One webhook. Refused: webhook_not_found."""
        return await deps.store.ask(lambda tx: webhook_view(known(tx, webhook)))

    @router.get("/v1/webhooks/{webhook}/deliveries")
    async def deliveries(
        webhook: str, status: connect.DeliveryStatus | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[DeliveryView]:
        """What was sent there and what became of it, newest first. Refused: webhook_not_found."""
        after = key_behind(cursor, LIST)

        def read(tx: Tx) -> Page[DeliveryView]:
            ident, before = known(tx, webhook).id, after[0] if after else None
            found = connect.deliveries_page(tx, ident, status=status, before=before, limit=limit + 1)
            return page(LIST, [delivery_view(one) for one in found], keys=[(one.id,) for one in found], limit=limit)

        return await deps.store.ask(read)


def _add_changing(router: APIRouter, deps: V1Deps) -> None:
    doors = ConnectDoors(deps.ring, deps.chance, may_be_inside=deps.may_be_inside)

    @router.post("/v1/webhooks", status_code=HTTPStatus.CREATED, response_model=NewWebhook)
    async def subscribe(request: Request, form: WebhookForm, key: IdempotencyKey) -> Response:
        """A new webhook and its secret. Refused: bad_webhook_url, unknown_event_kind."""

        def work(tx: Tx) -> Made:
            ident, secret = subscribed(tx, doors, form)
            view = NewWebhook(**webhook_view(known(tx, ident)).model_dump(), secret=secret)
            return Made(view, HTTPStatus.CREATED)

        return await once(deps, request, key, work)

    @router.put("/v1/webhooks/{webhook}", response_model=WebhookView)
    async def change(request: Request, webhook: str, form: WebhookChange, key: IdempotencyKey) -> Response:
        """The webhook as told. Refused: webhook_not_found, bad_webhook_url, unknown_event_kind."""

        def work(tx: Tx) -> Made:
            changed(tx, doors, webhook, form)
            return Made(webhook_view(known(tx, webhook)))

        return await once(deps, request, key, work)

    @router.delete("/v1/webhooks/{webhook}", response_model=Dropped)
    async def unsubscribe(request: Request, webhook: str, key: IdempotencyKey) -> Response:
        """Nothing is sent there any more. Refused: webhook_not_found."""

        def work(tx: Tx) -> Made:
            connect.unsubscribe(tx, webhook)
            return Made(Dropped(id=webhook))

        return await once(deps, request, key, work)


def _add_secrets(router: APIRouter, deps: V1Deps) -> None:
    @router.post("/v1/webhooks/{webhook}/secret", response_model=SecretView)
    async def rotate(request: Request, webhook: str, key: IdempotencyKey) -> Response:
        """A new secret; both sign for a day. Refused: webhook_not_found."""

        def work(tx: Tx) -> Made:
            secret = connect.rotate_secret(tx, deps.ring, subscription=webhook, chance=deps.chance)
            return Made(SecretView(secret=secret))

        return await once(deps, request, key, work)


def _add_replaying(router: APIRouter, deps: V1Deps) -> None:
    @router.post("/v1/webhooks/{webhook}/deliveries/{delivery}/replay", response_model=ReplayView)
    async def replay(request: Request, webhook: str, delivery: str, key: IdempotencyKey) -> Response:
        """One delivery again, taken or dead. Refused: delivery_not_found."""

        def work(tx: Tx) -> Made:
            announce.replay(tx, delivery, subscription=webhook)
            return Made(ReplayView(deliveries=(delivery,)))

        return await once(deps, request, key, work)

    @router.post("/v1/webhooks/{webhook}/replays", response_model=ReplayView)
    async def replay_since(request: Request, webhook: str, form: ReplayForm, key: IdempotencyKey) -> Response:
        """Everything dead since then again. Refused: webhook_not_found."""

        def work(tx: Tx) -> Made:
            again = announce.replay_since(tx, known(tx, webhook).id, since=Instant(form.since_ms))
            return Made(ReplayView(deliveries=again))

        return await once(deps, request, key, work)
