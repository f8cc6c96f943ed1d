"""Webhooks: where facts are sent, what became of each, and sending again what did not arrive."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from roulian import connect
from roulian.flows import announce
from roulian.store import Tx
from roulian.web.console.deps import ConnectDoors, ConsoleDeps
from roulian.web.console.shapes import Before, Limit, View
from roulian.words import Instant

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


class WebhookList(View):
    """Every webhook, oldest first, and the kinds there are to hear of."""

    rows: tuple[WebhookView, ...]
    kinds: tuple[str, ...]


class DeliveryList(View):
    """One page of deliveries, newest first; `next` is the `before` of the page that follows."""

    rows: tuple[DeliveryView, ...]
    next: str | None


def webhooks_router(deps: ConsoleDeps) -> APIRouter:
    """/webhooks."""
    router = APIRouter()
    _add_reading(router, deps)
    _add_changing(router, deps)
    _add_replaying(router, deps)
    return router


def doors(deps: ConsoleDeps) -> ConnectDoors:
    """What these doors need; a console composed without it has none of them in use."""
    assert deps.connect is not None
    return deps.connect


def _add_reading(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.get("/webhooks")
    async def webhooks() -> WebhookList:
        """Every webhook; never its secret."""
        found = await deps.store.ask(connect.subscriptions)
        return WebhookList(rows=tuple(map(webhook_view, found.values())), kinds=announce.KINDS)

    @router.get("/webhooks/{webhook}/deliveries")
    async def deliveries(
        webhook: str, status: connect.DeliveryStatus | None = None, before: Before = None, limit: Limit = 50
    ) -> DeliveryList:
        """What was sent there and what became of it. Refused: webhook_not_found."""

        def read(tx: Tx) -> DeliveryList:
            ident = known(tx, webhook).id
            found = connect.deliveries_page(tx, ident, status=status, before=before, limit=limit + 1)
            more = found[limit - 1].id if found[limit:] else None
            return DeliveryList(rows=tuple(map(delivery_view, found[:limit])), next=more)

        return await deps.store.ask(read)


def _add_changing(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.post("/webhooks")
    async def subscribe(form: WebhookForm) -> NewWebhook:
        """A new webhook and its secret, shown this once. Refused: bad_webhook_url, unknown_event_kind."""

        def work(tx: Tx) -> NewWebhook:
            ident, secret = subscribed(tx, doors(deps), form)
            return NewWebhook(**webhook_view(known(tx, ident)).model_dump(), secret=secret)

        return await deps.store.run(work, cause="console.webhooks")

    @router.put("/webhooks/{webhook}")
    async def change(webhook: str, form: WebhookChange) -> WebhookView:
        """The webhook as told. Refused: webhook_not_found, bad_webhook_url, unknown_event_kind."""

        def work(tx: Tx) -> WebhookView:
            changed(tx, doors(deps), webhook, form)
            return webhook_view(known(tx, webhook))

        return await deps.store.run(work, cause="console.webhooks")

    @router.delete("/webhooks/{webhook}")
    async def unsubscribe(webhook: str) -> Dropped:
        """Nothing is sent there any more. Refused: webhook_not_found."""
        await deps.store.run(lambda tx: connect.unsubscribe(tx, webhook), cause="console.webhooks")
        return Dropped(id=webhook)

    @router.post("/webhooks/{webhook}/secret")
    async def rotate(webhook: str) -> SecretView:
        """A new secret, shown this once; both sign for a day. Refused: webhook_not_found."""
        keeper = doors(deps)

        def work(tx: Tx) -> str:
            return connect.rotate_secret(tx, keeper.ring, subscription=webhook, chance=keeper.chance)

        return SecretView(secret=await deps.store.run(work, cause="console.webhooks"))


def _add_replaying(router: APIRouter, deps: ConsoleDeps) -> None:
    @router.post("/webhooks/{webhook}/deliveries/{delivery}/replay")
    async def replay(webhook: str, delivery: str) -> ReplayView:
        """One delivery again, taken or dead. Refused: delivery_not_found."""
        await deps.store.run(lambda tx: announce.replay(tx, delivery, subscription=webhook), cause="console.webhooks")
        return ReplayView(deliveries=(delivery,))

    @router.post("/webhooks/{webhook}/replays")
    async def replay_since(webhook: str, form: ReplayForm) -> ReplayView:
        """Everything dead since then again. Refused: webhook_not_found."""

        def work(tx: Tx) -> tuple[str, ...]:
            return announce.replay_since(tx, known(tx, webhook).id, since=Instant(form.since_ms))

        return ReplayView(deliveries=await deps.store.run(work, cause="console.webhooks"))


def subscribed(tx: Tx, doors: ConnectDoors, form: WebhookForm) -> tuple[str, str]:
    """The id and the secret of a new webhook. Raises `BadUrl`, `UnknownKind`."""
    return connect.subscribe(
        tx,
        doors.ring,
        url=form.url,
        kinds=form.kinds,
        note=form.note,
        known=announce.KINDS,
        may_be_inside=doors.may_be_inside,
        chance=doors.chance,
    )


def changed(tx: Tx, doors: ConnectDoors, webhook: str, form: WebhookChange) -> None:
    """The webhook stands as told. Raises `SubscriptionNotFound`, `BadUrl`, `UnknownKind`."""
    connect.change(
        tx,
        webhook,
        url=form.url,
        kinds=form.kinds,
        note=form.note,
        is_active=form.is_active,
        known=announce.KINDS,
        may_be_inside=doors.may_be_inside,
    )


def known(tx: Tx, webhook: str) -> connect.Subscription:
    """The webhook. Raises `SubscriptionNotFound`."""
    found = connect.subscriptions(tx, [webhook]).get(webhook)
    if found is None:
        raise connect.SubscriptionNotFound(webhook)
    return found


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
