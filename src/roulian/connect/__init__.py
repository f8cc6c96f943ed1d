"""What other systems of the brand's are told, and what they were answered.

Owns: webhook subscriptions with their secrets, one delivery per subscription and event, the answers to requests that
bore an idempotency key.
Says: nothing; what it carries was said by others.
Never: reads an event's facts, calls anybody (flows do), or keeps a secret or an answer unsealed.
"""

from roulian.connect.model import (
    ANSWER_LASTS,
    SECRET_BYTES,
    BadUrl,
    Delivery,
    DeliveryNotFound,
    DeliveryStatus,
    KeptAnswer,
    KeyReused,
    Subscription,
    SubscriptionNotFound,
    UnknownKind,
)
from roulian.connect.reads import deliveries, deliveries_page, kinds_listened, secrets, subscriptions
from roulian.connect.writes import (
    begin,
    change,
    claim_key,
    keep_answer,
    queue,
    replay,
    replay_since,
    reseal,
    rotate_secret,
    subscribe,
    tried,
    unsubscribe,
)

__all__ = [
    "ANSWER_LASTS",
    "SECRET_BYTES",
    "BadUrl",
    "Delivery",
    "DeliveryNotFound",
    "DeliveryStatus",
    "KeptAnswer",
    "KeyReused",
    "Subscription",
    "SubscriptionNotFound",
    "UnknownKind",
    "begin",
    "change",
    "claim_key",
    "deliveries",
    "deliveries_page",
    "keep_answer",
    "kinds_listened",
    "queue",
    "replay",
    "replay_since",
    "reseal",
    "rotate_secret",
    "secrets",
    "subscribe",
    "subscriptions",
    "tried",
    "unsubscribe",
]
