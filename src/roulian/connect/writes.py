"""What changes: who is told, what became of each telling, which answers are kept. Nothing here calls anybody."""

import base64
import hashlib
from collections.abc import Callable, Collection

from roulian.connect import tables
from roulian.connect.model import (
    ANSWER_LASTS,
    BOTH_SECRETS_FOR,
    SECRET_BYTES,
    Delivery,
    DeliveryNotFound,
    KeptAnswer,
    KeyReused,
    SubscriptionNotFound,
    checked_kinds,
    checked_url,
)
from roulian.store import KeyRing, Tx
from roulian.words.errors import Bug
from roulian.words.time import Instant

_SECRET_PREFIX = "whsec_"  # noqa: S105 - how Standard Webhooks writes every secret begins
_GONE = "gone"
_OFF = "subscription is off"


def subscribe(
    tx: Tx,
    ring: KeyRing,
    *,
    url: str,
    kinds: Collection[str],
    note: str,
    known: Collection[str],
    may_be_inside: bool,
    chance: Callable[[int], int],
) -> tuple[str, str]:
    """The id of a new, active subscription and its secret, told once. Raises `BadUrl`, `UnknownKind`."""
    ident, secret = tx.new_id("whk"), _secret(chance)
    tx.run(
        tables.ADD,
        id=ident,
        url=checked_url(url, may_be_inside=may_be_inside),
        kinds=" ".join(checked_kinds(kinds, known=known)),
        note=note,
        is_active=1,
        why_off="",
        secret=ring.seal(secret, about=tables.about_secret(ident)),
        old_secret=None,
        old_until=None,
        made_at=tx.now.ms,
    )
    return ident, secret


def change(
    tx: Tx,
    subscription: str,
    *,
    url: str,
    kinds: Collection[str],
    note: str,
    is_active: bool,
    known: Collection[str],
    may_be_inside: bool,
) -> None:
    """Its address, kinds, note, and whether it is active. Raises `BadUrl`, `UnknownKind`, `SubscriptionNotFound`."""
    changed = tx.run(
        tables.CHANGE,
        of_id=subscription,
        new_url=checked_url(url, may_be_inside=may_be_inside),
        new_kinds=" ".join(checked_kinds(kinds, known=known)),
        new_note=note,
        active=int(is_active),
    )
    if not changed:
        raise SubscriptionNotFound(subscription)


def rotate_secret(tx: Tx, ring: KeyRing, *, subscription: str, chance: Callable[[int], int]) -> str:
    """A new secret, told once; the one before signs beside it for a day. Raises `SubscriptionNotFound`."""
    row = tx.one(tables.SECRETS_OF, of_id=subscription)
    if row is None:
        raise SubscriptionNotFound(subscription)
    secret = _secret(chance)
    sealed = ring.seal(secret, about=tables.about_secret(subscription))
    until = tx.now.plus(BOTH_SECRETS_FOR).ms
    tx.run(tables.SET_SECRETS, of_id=subscription, new_secret=sealed, new_old=row[0], until=until)
    return secret


def unsubscribe(tx: Tx, subscription: str) -> None:
    """Nothing is sent there any more, and what was is forgotten. Raises `SubscriptionNotFound`."""
    tx.run(tables.DROP_DELIVERIES, of_id=subscription)
    if not tx.run(tables.DROP, of_id=subscription):
        raise SubscriptionNotFound(subscription)


def queue(tx: Tx, *, event: str, kind: str) -> tuple[str, ...]:
    """The deliveries of one event, one for each active subscription that wants it and has none of it yet."""
    made = []
    for subscription, text in tx.rows(tables.ACTIVE_KINDS):
        kinds = tables.kinds_of(text)
        if kinds and kind not in kinds:
            continue
        ident = tx.new_id("dlv")
        if tx.run(tables.QUEUE, id=ident, subscription=subscription, event=event, kind=kind, at=tx.now.ms):
            made.append(ident)
    return tuple(made)


def begin(tx: Tx, delivery: str) -> Delivery | None:
    """The delivery if it is to be tried now; one whose subscription was switched off is dead, and may be replayed."""
    row = next(iter(tx.rows(tables.DELIVERIES_OF, ids=[delivery])), None)
    known = None if row is None else tables.delivery(row)
    if known is None or not known.is_due():
        return None
    standing = tables.subscription(tx.rows(tables.BY_IDS, ids=[known.subscription])[0])
    if standing.is_active:
        return known
    tx.run(
        tables.TRIED,
        of_id=delivery,
        was_tries=known.tries,
        new_status="dead",
        new_tries=known.tries,
        new_round=known.round_tries,
        new_answer=known.answer,
        new_error=_OFF,
        at=tx.now.ms,
        next_at=None,
    )
    return None


def tried(tx: Tx, delivery: str, *, tries: int, answer: int | None, error: str) -> Instant | None:
    """When it is to be tried again after the call that followed `tries` earlier ones; None when it need not be.

    A receiver that answers 410 is asked no more: its subscription is switched off. Told twice nothing changes.
    """
    row = next(iter(tx.rows(tables.DELIVERIES_OF, ids=[delivery])), None)
    if row is None:
        return None
    after = tables.delivery(row).after(answer, error, now=tx.now)
    moved = tx.run(
        tables.TRIED,
        of_id=delivery,
        was_tries=tries,
        new_status=after.status.value,
        new_tries=after.tries,
        new_round=after.round_tries,
        new_answer=after.answer,
        new_error=after.error,
        at=tx.now.ms,
        next_at=None if after.due_at is None else after.due_at.ms,
    )
    if moved and after.is_gone():
        tx.run(tables.SWITCH_OFF, of_id=after.subscription, why=_GONE)
    return after.due_at if moved else None


def replay(tx: Tx, delivery: str, *, subscription: str) -> None:
    """It is due again, with a whole round of tries. Raises `DeliveryNotFound`, also for one that is under way."""
    row = next(iter(tx.rows(tables.DELIVERIES_OF, ids=[delivery])), None)
    if row is None or tables.delivery(row).subscription != subscription:
        raise DeliveryNotFound(delivery)
    if not tx.run(tables.REPLAY, of_id=delivery, at=tx.now.ms):
        raise DeliveryNotFound(delivery)


def replay_since(tx: Tx, subscription: str, *, since: Instant) -> tuple[str, ...]:
    """The dead deliveries of one subscription queued at `since` or later, oldest first; all are due again."""
    dead = [row[0] for row in tx.rows(tables.DEAD_SINCE, of_subscription=subscription, since=since.ms)]
    tx.many(tables.REPLAY, [{"of_id": ident, "at": tx.now.ms} for ident in dead])
    return tuple(dead)


def claim_key(tx: Tx, ring: KeyRing, *, caller: str, key: str, request: bytes) -> KeptAnswer | None:
    """What this caller's request under `key` was answered; None if it is new, and then the key is theirs.

    Another request at the same moment waits for this transaction. Raises `KeyReused` where `request` differs.
    """
    tx.run(tables.FORGET_KEYS, now=tx.now.ms)
    hashed, digest = _sha256(key.encode()), _sha256(request)
    until = tx.now.plus(ANSWER_LASTS).ms
    if tx.run(tables.CLAIM, caller=caller, key=hashed, request=digest, until=until):
        return None
    row = tx.one(tables.ANSWER_OF, of_caller=caller, of_key=hashed)
    if row is None or row[1] is None:
        raise Bug("a key was claimed and its answer not kept")
    if row[0] != digest:
        raise KeyReused
    return KeptAnswer(row[1], ring.open(row[3], about=tables.about_answer(caller, hashed)), row[2])


def keep_answer(tx: Tx, ring: KeyRing, *, caller: str, key: str, answer: KeptAnswer) -> None:
    """The answer to the request that claimed `key`, for `ANSWER_LASTS`."""
    hashed = _sha256(key.encode())
    sealed = ring.seal(answer.body, about=tables.about_answer(caller, hashed))
    tx.run(
        tables.KEEP,
        of_caller=caller,
        of_key=hashed,
        new_status=answer.status,
        new_etag=answer.etag,
        new_sealed=sealed,
    )


def reseal(tx: Tx, ring: KeyRing) -> None:
    """Every secret is sealed with the newest key of the ring; a kept answer, which lasts two days, opens with the key it has."""
    for ident, secret, old in tx.rows(tables.ALL_SECRETS):
        about = tables.about_secret(ident)
        anew = [
            None if each is None else ring.seal(ring.open(each, about=about), about=about) for each in (secret, old)
        ]
        tx.run(tables.RESEAL, of_id=ident, new_secret=anew[0], new_old=anew[1])


def _secret(chance: Callable[[int], int]) -> str:
    drawn = chance(SECRET_BYTES * 8).to_bytes(SECRET_BYTES, "big")
    return _SECRET_PREFIX + base64.b64encode(drawn).decode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
