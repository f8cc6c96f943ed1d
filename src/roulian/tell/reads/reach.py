"""Who can be reached, by which door, now, and how many of them the quotas let through.

Nothing is promised by the answer: what it counts is taken only when a message is tried (`next_attempt`, `book_mass`).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa

from roulian.store import Tx
from roulian.tell.methods import Column, Ids, ids_in, ids_of, joined, parted, partition, ways
from roulian.tell.model import (
    AccountKind,
    Audience,
    Door,
    Each,
    Follow,
    Forecast,
    Limits,
    Obstacle,
    Quota,
    Reach,
    Route,
    Scenario,
    Sender,
)
from roulian.tell.reads.quotas import quotas
from roulian.tell.tables import reach as tables
from roulian.words.ids import MemberId

_LOOK_BACK = timedelta(days=28)


def reach(
    tx: Tx,
    scenario: Scenario,
    *,
    senders: Sequence[Sender],
    limits: Limits,
    members: Collection[MemberId] | None = None,
    card_holders: Collection[MemberId] = (),
) -> Reach:
    """The best way now to each of `members` for this scenario, or the obstacle; None means all whom these ledgers know.

    The ways are those of the scenario's chain, best first; our own page is none of them, since it reaches only those who
    look. `card_holders` are members with a paid order whose service card can show the news. Cost: a few scans of the
    ledgers and one hash table over the audience, 1,000,000 members in about a second (benchmarks/results/reach.json).
    """
    look = _Look(tx, scenario, senders, limits, card_holders)
    columns = look.columns()
    audience, codes = partition(columns, members=members)
    return Reach(scenario, tx.now, audience, ways(columns), codes)


def audience(tx: Tx, found: Reach, *, senders: Sequence[Sender], limits: Limits) -> Audience:
    """How many are meant and reachable, by which route, what of it the quotas hold back, and what WeChat will refuse."""
    counts = found.counts()
    left = _left(quotas(tx, senders=senders, limits=limits))
    ratios = _refused_ratios(tx)
    routes = tuple(
        Forecast(way, count, _beyond(way, count, left), ratios.get(way.door))
        for way, count in counts.items()
        if isinstance(way, Route)
    )
    obstacles = {way: count for way, count in counts.items() if isinstance(way, Obstacle)}
    return Audience(len(found.members), routes, obstacles)


def _beyond(route: Route, members: int, left: Mapping[tuple[str, Door], int]) -> int:
    """Members the account's quota has no message left for; one mass message is for all its readers."""
    rest = left.get((route.account, route.door))
    return 0 if rest is None or route.door is Door.MASS else max(0, members - rest)


def _left(counts: Sequence[Quota]) -> Mapping[tuple[str, Door], int]:
    """What each account may still send through each door, the tightest count deciding; unknown ones are absent."""
    found: dict[tuple[str, Door], int] = {}
    for quota in counts:
        if quota.left is not None:
            key = quota.account, quota.cap.door
            found[key] = min(found.get(key, quota.left), quota.left)
    return found


def _refused_ratios(tx: Tx) -> Mapping[Door, float]:
    since = tx.now.plus(-_LOOK_BACK)
    return {Door(door): refused / tried for door, refused, tried in tx.rows(tables.REFUSED_OF, since=since.ms)}


@dataclass(slots=True)
class _Look:
    """One look at the ledgers for one scenario: routes in the chain's order, and obstacles by kind."""

    tx: Tx
    scenario: Scenario
    senders: Sequence[Sender]
    limits: Limits
    card_holders: Collection[MemberId]
    hindered: dict[Obstacle, list[Ids]] = field(default_factory=dict)

    def columns(self) -> list[Column]:
        """Every route's members, best first, then those held back, the obstacle that is soonest over first."""
        left = _left(quotas(self.tx, senders=self.senders, limits=self.limits))
        routes: list[Column] = []
        for door in self.scenario.chain:
            for sender in self.senders:
                if door in sender.denied or not self.limits.offers(sender.kind, door):
                    continue
                for template, members in self._open(sender, door):
                    if left.get((sender.appid, door)) == 0:
                        self._hinder(Obstacle.DOOR_SHUT, members)
                    else:
                        routes.append((Route(door, sender.appid, template), members))
        soonest_first = reversed(Obstacle)
        return [
            *routes,
            *((obstacle, joined(self.hindered[obstacle])) for obstacle in soonest_first if obstacle in self.hindered),
        ]

    def _open(self, sender: Sender, door: Door) -> Iterator[tuple[str, Ids]]:
        """The template and the members of one account's door, none where the account cannot use it here."""
        template = sender.templates.get(self.scenario, "")
        match door:
            case Door.SUBSCRIBE if template:
                self._hinder(Obstacle.CONSENT_SPENT, self._members(tables.ALLOWED_ONCE, template=template))
                yield template, self._members(tables.ALLOWING, template=template)
            case Door.USER_NOTIFY if self.scenario.template.card_status:
                yield "", ids_of(self.card_holders)
            case Door.CUSTOMER_SERVICE:
                now = self.tx.now.ms
                closed = self._members(tables.ANSWERABLE_ONCE, account=sender.appid, now=now)
                self._hinder(Obstacle.WINDOW_CLOSED, closed)
                yield "", self._members(tables.ANSWERABLE, account=sender.appid, now=now)
            case Door.TEMPLATE if template and sender.kind is AccountKind.SERVICE:
                yield template, self._followers(sender)
            case Door.MASS:
                yield "", self._with_slots(sender)
            case _:
                return

    def _followers(self, sender: Sender) -> Ids:
        for follow, obstacle in ((Follow.LEFT, Obstacle.LEFT), (Follow.BLOCKED, Obstacle.BLOCKED)):
            self._hinder(obstacle, self._standing(sender, follow))
        return self._standing(sender, Follow.FOLLOWING)

    def _standing(self, sender: Sender, follow: Follow) -> Ids:
        return self._members(tables.STANDING, account=sender.appid, follow=follow.value)

    def _with_slots(self, sender: Sender) -> Ids:
        followers = self._followers(sender)
        for cap in self.limits.caps_of(sender.kind, Door.MASS, each=Each.MEMBER, plan=sender.plan):
            if cap.most is None:
                continue
            begins_at = cap.per.begins(self.tx.now).ms
            of = {"account": sender.appid, "per": cap.per.value, "begins_at": begins_at, "most": cap.most}
            full, followers = parted(followers, by=self._members(tables.USED_UP, **of))
            self._hinder(Obstacle.SLOTS_USED, full)
        return followers

    def _members(self, column: sa.Select[str], **params: str | int) -> Ids:
        return ids_in(tables.members(self.tx, column, **params))

    def _hinder(self, obstacle: Obstacle, members: Ids) -> None:
        if len(members):
            self.hindered.setdefault(obstacle, []).append(members)
