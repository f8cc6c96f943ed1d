"""Subscriptions, their deliveries, and kept answers. Secrets and answers are sealed with the key ring."""

from typing import Any

import sqlalchemy as sa

from roulian.connect.model import Delivery, DeliveryStatus, Subscription
from roulian.store import METADATA, any_of
from roulian.words.time import Instant

SUBSCRIPTIONS = sa.Table(
    "connect_subscriptions",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("url", sa.Text, nullable=False),
    sa.Column("kinds", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("is_active", sa.Integer, nullable=False),
    sa.Column("why_off", sa.Text, nullable=False),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("old_secret", sa.Text),
    sa.Column("old_until", sa.BigInteger),
    sa.Column("made_at", sa.BigInteger, nullable=False),
)
DELIVERIES = sa.Table(
    "connect_deliveries",
    METADATA,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("subscription", sa.Text, sa.ForeignKey("connect_subscriptions.id"), nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("round_tries", sa.Integer, nullable=False),
    sa.Column("answer", sa.Integer),
    sa.Column("error", sa.Text, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("tried_at", sa.BigInteger),
    sa.Column("due_at", sa.BigInteger),
    sa.UniqueConstraint("subscription", "event", name="connect_deliveries_once"),
    sa.Index("ix_connect_deliveries_standing", "subscription", "status", "id"),
)
ANSWERS = sa.Table(
    "connect_answers",
    METADATA,
    sa.Column("caller", sa.Text, primary_key=True),
    sa.Column("key_sha256", sa.Text, primary_key=True),
    sa.Column("request_sha256", sa.Text, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("etag", sa.Text, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("until_at", sa.BigInteger, nullable=False, index=True),
)

_S, _D, _A = SUBSCRIPTIONS.c, DELIVERIES.c, ANSWERS.c


def _text(name: str) -> sa.BindParameter[str]:
    return sa.bindparam(name, type_=sa.Text)


_SUBSCRIPTION = sa.select(_S.id, _S.url, _S.kinds, _S.note, _S.is_active, _S.why_off, _S.made_at, _S.old_until)
ALL = _SUBSCRIPTION.order_by(_S.id)
BY_IDS = _SUBSCRIPTION.where(any_of(_S.id, "ids")).order_by(_S.id)
ACTIVE_KINDS = sa.select(_S.id, _S.kinds).where(_S.is_active == 1).order_by(_S.id)
SECRETS_OF = sa.select(_S.secret, _S.old_secret, _S.old_until).where(_S.id == _text("of_id"))
ALL_SECRETS = sa.select(_S.id, _S.secret, _S.old_secret).order_by(_S.id)
ADD = SUBSCRIPTIONS.insert()
CHANGE = (
    SUBSCRIPTIONS.update()
    .where(_S.id == _text("of_id"))
    .values(
        url=_text("new_url"),
        kinds=_text("new_kinds"),
        note=_text("new_note"),
        is_active=sa.bindparam("active", type_=sa.Integer),
        why_off="",
    )
)
SWITCH_OFF = SUBSCRIPTIONS.update().where(_S.id == _text("of_id")).values(is_active=0, why_off=_text("why"))
SET_SECRETS = (
    SUBSCRIPTIONS.update()
    .where(_S.id == _text("of_id"))
    .values(
        secret=_text("new_secret"),
        old_secret=_text("new_old"),
        old_until=sa.bindparam("until", type_=sa.BigInteger),
    )
)
RESEAL = (
    SUBSCRIPTIONS.update()
    .where(_S.id == _text("of_id"))
    .values(secret=_text("new_secret"), old_secret=_text("new_old"))
)
DROP = SUBSCRIPTIONS.delete().where(_S.id == _text("of_id"))
DROP_DELIVERIES = DELIVERIES.delete().where(_D.subscription == _text("of_id"))

_DELIVERY = sa.select(
    _D.id,
    _D.subscription,
    _D.event,
    _D.kind,
    _D.status,
    _D.tries,
    _D.round_tries,
    _D.answer,
    _D.error,
    _D.made_at,
    _D.tried_at,
    _D.due_at,
)
QUEUE = sa.text(
    "INSERT INTO connect_deliveries (id, subscription, event, kind, status, tries, round_tries, error, made_at, due_at)"
    " VALUES (:id, :subscription, :event, :kind, 'due', 0, 0, '', :at, :at)"
    " ON CONFLICT (subscription, event) DO NOTHING"
)
DELIVERIES_OF = _DELIVERY.where(any_of(_D.id, "ids")).order_by(_D.id)
PAGE = (
    _DELIVERY.where(
        _D.subscription == _text("of_subscription"),
        sa.or_(_text("of_status").is_(None), _D.status == _text("of_status")),
        sa.or_(_text("before").is_(None), _D.id < _text("before")),
    )
    .order_by(_D.id.desc())
    .limit(sa.bindparam("most", type_=sa.Integer))
)
DEAD_SINCE = (
    sa.select(_D.id)
    .where(
        _D.subscription == _text("of_subscription"),
        _D.status == DeliveryStatus.DEAD.value,
        _D.made_at >= sa.bindparam("since", type_=sa.BigInteger),
    )
    .order_by(_D.id)
)
TRIED = (
    DELIVERIES.update()
    .where(_D.id == _text("of_id"), _D.tries == sa.bindparam("was_tries", type_=sa.Integer))
    .values(
        status=_text("new_status"),
        tries=sa.bindparam("new_tries", type_=sa.Integer),
        round_tries=sa.bindparam("new_round", type_=sa.Integer),
        answer=sa.bindparam("new_answer", type_=sa.Integer),
        error=_text("new_error"),
        tried_at=sa.bindparam("at", type_=sa.BigInteger),
        due_at=sa.bindparam("next_at", type_=sa.BigInteger),
    )
)
REPLAY = (
    DELIVERIES.update()
    .where(_D.id == _text("of_id"), _D.status != DeliveryStatus.DUE.value)
    .values(status=DeliveryStatus.DUE.value, round_tries=0, due_at=sa.bindparam("at", type_=sa.BigInteger))
)

CLAIM = sa.text(
    "INSERT INTO connect_answers (caller, key_sha256, request_sha256, status, etag, sealed, until_at)"
    " VALUES (:caller, :key, :request, NULL, '', '', :until) ON CONFLICT (caller, key_sha256) DO NOTHING"
)
ANSWER_OF = sa.select(_A.request_sha256, _A.status, _A.etag, _A.sealed).where(
    _A.caller == _text("of_caller"), _A.key_sha256 == _text("of_key")
)
KEEP = (
    ANSWERS.update()
    .where(_A.caller == _text("of_caller"), _A.key_sha256 == _text("of_key"))
    .values(status=sa.bindparam("new_status", type_=sa.Integer), etag=_text("new_etag"), sealed=_text("new_sealed"))
)
FORGET_KEYS = ANSWERS.delete().where(_A.until_at < sa.bindparam("now", type_=sa.BigInteger))


def kinds_of(text: str) -> tuple[str, ...]:
    """Kinds as they are kept, with blanks between."""
    return tuple(text.split())


def subscription(row: tuple[Any, ...]) -> Subscription:
    """A row of subscriptions."""
    ident, url, kinds, note, is_active, why_off, made_at, old_until = row
    until = None if old_until is None else Instant(old_until)
    return Subscription(ident, url, kinds_of(kinds), note, bool(is_active), why_off, Instant(made_at), until)


def delivery(row: tuple[Any, ...]) -> Delivery:
    """A row of deliveries."""
    ident, of, event, kind, status, tries, round_tries, answer, error, made_at, tried_at, due_at = row
    return Delivery(
        id=ident,
        subscription=of,
        event=event,
        kind=kind,
        status=DeliveryStatus(status),
        tries=tries,
        round_tries=round_tries,
        answer=answer,
        error=error,
        made_at=Instant(made_at),
        tried_at=None if tried_at is None else Instant(tried_at),
        due_at=None if due_at is None else Instant(due_at),
    )


def about_secret(subscription: str) -> str:
    """What a subscription's sealed secret is bound to."""
    return f"webhook {subscription}"


def about_answer(caller: str, key_sha256: str) -> str:
    """What a sealed answer is bound to."""
    return f"answer {caller} {key_sha256}"
