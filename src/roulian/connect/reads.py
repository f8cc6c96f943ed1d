"""Questions about subscriptions and their deliveries. A page is newest first."""

from collections.abc import Collection, Mapping

from roulian.connect import tables
from roulian.connect.model import Delivery, DeliveryStatus, Subscription, SubscriptionNotFound
from roulian.store import KeyRing, Tx


def subscriptions(tx: Tx, ids: Collection[str] | None = None) -> Mapping[str, Subscription]:
    """The subscriptions of these ids that exist, or all, oldest first."""
    rows = tx.rows(tables.ALL) if ids is None else tx.rows(tables.BY_IDS, ids=list(ids))
    return {row[0]: tables.subscription(row) for row in rows}


def kinds_listened(tx: Tx, *, among: Collection[str]) -> frozenset[str]:
    """Of the kinds `among`, those that an active subscription wants; one that names none wants all."""
    wanted: set[str] = set()
    for _, text in tx.rows(tables.ACTIVE_KINDS):
        kinds = tables.kinds_of(text)
        if not kinds:
            return frozenset(among)
        wanted.update(kinds)
    return frozenset(among) & wanted


def secrets(tx: Tx, ring: KeyRing, *, subscription: str) -> tuple[str, ...]:
    """The secrets that sign now, newest first: two for a while after a rotation. Raises `SubscriptionNotFound`, `CannotOpen`."""
    row = tx.one(tables.SECRETS_OF, of_id=subscription)
    if row is None:
        raise SubscriptionNotFound(subscription)
    sealed, old, until = row
    about = tables.about_secret(subscription)
    standing = [sealed] if old is None or until <= tx.now.ms else [sealed, old]
    return tuple(ring.open(each, about=about) for each in standing)


def deliveries(tx: Tx, ids: Collection[str]) -> Mapping[str, Delivery]:
    """The deliveries of these ids that exist."""
    return {row[0]: tables.delivery(row) for row in tx.rows(tables.DELIVERIES_OF, ids=list(ids))}


def deliveries_page(
    tx: Tx,
    subscription: str,
    *,
    status: DeliveryStatus | None = None,
    before: str | None = None,
    limit: int = 50,
) -> tuple[Delivery, ...]:
    """At most `limit` deliveries of one subscription older than the id `before`, in `status` if given."""
    rows = tx.rows(tables.PAGE, of_subscription=subscription, of_status=status, before=before, most=limit)
    return tuple(map(tables.delivery, rows))
