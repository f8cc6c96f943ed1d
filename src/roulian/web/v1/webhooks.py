"""Webhooks: where facts are sent, what became of each, and sending again what did not arrive."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from roulian import connect
from roulian.flows import announce
from roulian.store import Tx
from roulian.web.v1.deps import V1Deps
from roulian.web.v1.once import Made, once
from roulian.web.v1.shapes import Cursor, IdempotencyKey, Limit, Page, View, key_behind, page
from roulian.words import Instant

LIST = "deliveries"
MOST_MS = 4_102_444_800_000

Kinds = Annotated[tuple[Annotated[str, Field(max_length=100)], ...], Field(strict=False, max_length=100)]


class WebhookForm(View):
    """Where to send which kinds (none named: all); the address is https and public."""

    url: Annotated[str, Field(max_length=2_000)]
    kinds: Kinds = ()
    note: Annotated[str, Field(max_length=200)] = ""


class WebhookChange(WebhookForm):
    """The webhook as it is to stand."""

    is_active: bool


class WebhookView(WebhookChange):
    """A webhook; `why_off` is `gone` when its receiver answered 410."""

    id: str
    why_off: str
    made_ms: int
    old_secret_until_ms: int | None


class NewWebhook(WebhookView):
    """A webhook just made, with its secret, shown this once."""

    secret: str


class SecretView(View):
    """A new secret, shown this once; the old one signs beside it for a day."""

    secret: str


class DeliveryView(View):
    """One fact on its way: `answer` is the receiver's last HTTP status, `error` why there was none."""

    id: str
    event: str
    kind: str
    status: connect.DeliveryStatus
    tries: int
    answer: int | None
    error: str
    made_ms: int
    tried_ms: int | None
    next_try_ms: int | None


class ReplayForm(View):
    """Everything dead that was queued since then."""

    since_ms: Annotated[int, Field(ge=0, le=MOST_MS)]


class ReplayView(View):
    """What is on its way again."""

    deliveries: tuple[str, ...]


class Dropped(View):
    """It is gone."""

    id: str


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
        return await deps.store.ask(lambda tx: webhook_view(_known(tx, webhook)))

    @router.get("/v1/webhooks/{webhook}/deliveries")
    async def deliveries(
        webhook: str, status: connect.DeliveryStatus | None = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[DeliveryView]:
        """What was sent there and what became of it, newest first. Refused: webhook_not_found."""
        after = key_behind(cursor, LIST)

        def read(tx: Tx) -> Page[DeliveryView]:
            ident, before = _known(tx, webhook).id, after[0] if after else None
            found = connect.deliveries_page(tx, ident, status=status, before=before, limit=limit + 1)
            return page(LIST, [delivery_view(one) for one in found], keys=[(one.id,) for one in found], limit=limit)

        return await deps.store.ask(read)


def _add_changing(router: APIRouter, deps: V1Deps) -> None:
    @router.post("/v1/webhooks", status_code=HTTPStatus.CREATED, response_model=NewWebhook)
    async def subscribe(request: Request, form: WebhookForm, key: IdempotencyKey) -> Response:
        """A new webhook and its secret. Refused: bad_webhook_url, unknown_event_kind."""

        def work(tx: Tx) -> Made:
            ident, secret = subscribed(tx, deps, form)
            view = NewWebhook(**webhook_view(_known(tx, ident)).model_dump(), secret=secret)
            return Made(view, HTTPStatus.CREATED)

        return await once(deps, request, key, work)

    @router.put("/v1/webhooks/{webhook}", response_model=WebhookView)
    async def change(request: Request, webhook: str, form: WebhookChange, key: IdempotencyKey) -> Response:
        """The webhook as told. Refused: webhook_not_found, bad_webhook_url, unknown_event_kind."""

        def work(tx: Tx) -> Made:
            changed(tx, deps, webhook, form)
            return Made(webhook_view(_known(tx, webhook)))

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
            again = announce.replay_since(tx, _known(tx, webhook).id, since=Instant(form.since_ms))
            return Made(ReplayView(deliveries=again))

        return await once(deps, request, key, work)


def subscribed(tx: Tx, deps: V1Deps, form: WebhookForm) -> tuple[str, str]:
    """The id and the secret of a new webhook. Raises `BadUrl`, `UnknownKind`."""
    return connect.subscribe(
        tx,
        deps.ring,
        url=form.url,
        kinds=form.kinds,
        note=form.note,
        known=announce.KINDS,
        may_be_inside=deps.may_be_inside,
        chance=deps.chance,
    )


def changed(tx: Tx, deps: V1Deps, webhook: str, form: WebhookChange) -> None:
    """The webhook stands as told. Raises `SubscriptionNotFound`, `BadUrl`, `UnknownKind`."""
    connect.change(
        tx,
        webhook,
        url=form.url,
        kinds=form.kinds,
        note=form.note,
        is_active=form.is_active,
        known=announce.KINDS,
        may_be_inside=deps.may_be_inside,
    )


def _known(tx: Tx, webhook: str) -> connect.Subscription:
    known = connect.subscriptions(tx, [webhook]).get(webhook)
    if known is None:
        raise connect.SubscriptionNotFound(webhook)
    return known


def webhook_view(one: connect.Subscription) -> WebhookView:
    """A webhook as it is shown; never its secret."""
    return WebhookView(
        id=one.id,
        url=one.url,
        kinds=one.kinds,
        note=one.note,
        is_active=one.is_active,
        why_off=one.why_off,
        made_ms=one.made_at.ms,
        old_secret_until_ms=one.old_secret_until.ms if one.old_secret_until else None,
    )


def delivery_view(one: connect.Delivery) -> DeliveryView:
    """A delivery as it is shown."""
    return DeliveryView(
        id=one.id,
        event=one.event,
        kind=one.kind,
        status=one.status,
        tries=one.tries,
        answer=one.answer,
        error=one.error,
        made_ms=one.made_at.ms,
        tried_ms=one.tried_at.ms if one.tried_at else None,
        next_try_ms=one.due_at.ms if one.due_at else None,
    )
