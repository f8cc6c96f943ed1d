"""A subscription, a delivery and how often it is tried, an answer that is kept.

The form of a message is Standard Webhooks (https://www.standardwebhooks.com); its signing is the gateway's.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Self
from urllib.parse import urlsplit

from roulian.words.errors import Refusal
from roulian.words.time import Instant

PAUSES = tuple(timedelta(seconds=s) for s in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400))
"""Between the tries of one round: 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h; a receiver may be away for over a day."""
ANSWER_LASTS = timedelta(hours=48)
"""How long an idempotency key is remembered."""
BOTH_SECRETS_FOR = timedelta(hours=24)
"""How long messages bear the old signature too, once a secret was renewed."""
SECRET_BYTES = 32
MOST_URL_LETTERS = 2_000
_GONE = 410
_MOST_ERROR_LETTERS = 200


class DeliveryStatus(StrEnum):
    """Where a delivery stands; a dead one is tried no more unless somebody replays it."""

    DUE = "due"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Where events of `kinds` are sent; no kind named is every kind there is.

    `why_off` says why it is not active: `gone` when its receiver answered 410, empty when a person switched it off.
    `old_secret_until` is how long the secret before the last rotation still signs.
    """

    id: str
    url: str
    kinds: tuple[str, ...]
    note: str
    is_active: bool
    why_off: str
    made_at: Instant
    old_secret_until: Instant | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one subscription.

    `tries` counts every call ever made, `round_tries` those since it was queued or last replayed. `answer` is the HTTP
    status of the last call, None where there was none; then `error` says what happened.
    """

    id: str
    subscription: str
    event: str
    kind: str
    status: DeliveryStatus
    tries: int
    round_tries: int
    answer: int | None
    error: str
    made_at: Instant
    tried_at: Instant | None = None
    due_at: Instant | None = None

    def is_due(self) -> bool:
        """It is still to be delivered."""
        return self.status is DeliveryStatus.DUE

    def after(self, answer: int | None, error: str, *, now: Instant) -> Self:
        """The delivery after one more call: done on any 2xx, dead on 410 or after the last pause, else due again."""
        pause = PAUSES[self.round_tries] if self.round_tries < len(PAUSES) else None
        if answer is not None and 200 <= answer < 300:  # noqa: PLR2004 - HTTP's own numbers
            status, due_at = DeliveryStatus.DONE, None
        elif pause is None or answer == _GONE:
            status, due_at = DeliveryStatus.DEAD, None
        else:
            status, due_at = DeliveryStatus.DUE, now.plus(pause)
        return replace(
            self,
            status=status,
            tries=self.tries + 1,
            round_tries=self.round_tries + 1,
            answer=answer,
            error=error[:_MOST_ERROR_LETTERS],
            tried_at=now,
            due_at=due_at,
        )

    def is_gone(self) -> bool:
        """Its receiver said that nobody lives there any more."""
        return self.answer == _GONE


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What a request with an idempotency key was answered."""

    status: int
    body: str
    etag: str = ""


@dataclass(eq=False)
class BadUrl(Refusal):
    """Nothing may be sent to that address."""

    code: ClassVar[str] = "bad_webhook_url"
    zh: ClassVar[str] = (
        "推送地址应为公网可达的 https:// 地址,不含用户名和片段;内网地址须由管理员在设置 ROULIAN_WEBHOOKS_INSIDE 中允许。"
    )
    en: ClassVar[str] = (
        "A webhook goes to an https:// address on the public network, without user name and fragment; private addresses"
        " need the setting ROULIAN_WEBHOOKS_INSIDE."
    )


@dataclass(eq=False)
class UnknownKind(Refusal):
    """There is no such event to subscribe to."""

    kind: str
    code: ClassVar[str] = "unknown_event_kind"
    zh: ClassVar[str] = "没有事件 {kind} 可以订阅;可订阅的事件见 GET /v1/event-kinds。"
    en: ClassVar[str] = "There is no event {kind} to subscribe to. GET /v1/event-kinds lists them."


@dataclass(eq=False)
class SubscriptionNotFound(Refusal):
    """There is no such subscription."""

    subscription: str
    code: ClassVar[str] = "webhook_not_found"
    zh: ClassVar[str] = "没有推送订阅 {subscription},请从列表中选择。"
    en: ClassVar[str] = "There is no webhook {subscription}. Choose from the list."


@dataclass(eq=False)
class DeliveryNotFound(Refusal):
    """There is no such delivery, or it is still on its way."""

    delivery: str
    code: ClassVar[str] = "delivery_not_found"
    zh: ClassVar[str] = "没有可以重发的推送 {delivery};仍在途中的推送会自动重试。"
    en: ClassVar[str] = "There is no delivery {delivery} to send again; one that is under way is retried by itself."


@dataclass(eq=False)
class KeyReused(Refusal):
    """An idempotency key came again with another request."""

    code: ClassVar[str] = "idempotency_key_reused"
    zh: ClassVar[str] = "这个 Idempotency-Key 已用于另一个请求。请为新的请求换一个新的值。"
    en: ClassVar[str] = "This Idempotency-Key was used for another request. Use a new value for a new request."


def checked_url(url: str, *, may_be_inside: bool) -> str:
    """The address as it is kept: `https`, or `http` too where it may be inside. Raises `BadUrl`.

    Whether the name leads to a public address is seen at every call: it may lead elsewhere tomorrow.
    """
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError:
        raise BadUrl from None
    schemes = ("https", "http") if may_be_inside else ("https",)
    is_plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= MOST_URL_LETTERS
    if not is_whole or not is_plain or parts.scheme not in schemes or parts.fragment or "@" in parts.netloc:
        raise BadUrl
    return url


def checked_kinds(kinds: Collection[str], *, known: Collection[str]) -> tuple[str, ...]:
    """The kinds, each once, in order. Raises `UnknownKind`."""
    stranger = next((kind for kind in kinds if kind not in known), None)
    if stranger is not None:
        raise UnknownKind(stranger)
    return tuple(sorted(set(kinds)))
