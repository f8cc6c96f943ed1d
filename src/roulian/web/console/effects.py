"""What events caused, followed down the rows: level by level, each level in three plural questions."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import msgspec

from roulian import tell
from roulian.store import Tx, trail
from roulian.words import NoticeId

DEEPEST = 8
MOST_STEPS = 6_000
"""Beyond this many steps a page stops counting: nobody reads on, and the next look is a second away."""


@dataclass(frozen=True, slots=True)
class Grown:
    """The steps below some events: `children` of every step that caused anything, and the events among them."""

    children: Mapping[str, tuple[trail.Step, ...]]

    def below(self, root: str) -> tuple[trail.Step, ...]:
        """Every step `root` led to, each once."""
        found: dict[str, trail.Step] = {}
        edge = [root]
        while edge:
            for step in self.children.get(edge.pop(), ()):
                if step.id not in found:
                    found[step.id] = step
                    edge.append(step.id)
        return tuple(found.values())

    def events(self) -> tuple[str, ...]:
        """The ids of all events among the steps."""
        steps = (step for steps in self.children.values() for step in steps)
        return tuple(step.id for step in steps if step.mark is trail.Mark.EVENT)


@dataclass(frozen=True, slots=True)
class Counted:
    """What one event led to."""

    orders: frozenset[str]
    members: frozenset[str]
    purchases: int
    works: int
    jobs: int
    events: int


def grow(tx: Tx, roots: Collection[str]) -> Grown:
    """Everything these events led to, at most `DEEPEST` levels down and about `MOST_STEPS` steps in all."""
    children: dict[str, tuple[trail.Step, ...]] = {}
    seen = set(roots)
    edge = list(roots)
    for _ in range(DEEPEST):
        if not edge or len(seen) > MOST_STEPS:
            break
        found = trail.effects_of(tx, edge)
        children.update(found)
        edge = [step.id for steps in found.values() for step in steps if step.id not in seen]
        seen.update(edge)
    return Grown(children)


class _About(msgspec.Struct):
    """The ids an event may carry; others are passed over."""

    order: str = ""
    notice: str = ""


def tally(tx: Tx, grown: Grown, root: str) -> Counted:
    """What `root` led to, counted: orders whose promise or money moved, members who were told."""
    below = grown.below(root)
    by_kind: dict[str, list[str]] = {}
    for step in below:
        if step.mark is trail.Mark.EVENT:
            by_kind.setdefault(step.name, []).append(step.id)
    hit = [ident for kind in ("sell.PromiseMoved", "sell.RefundDue") for ident in by_kind.get(kind, ())]
    about = {
        ident: msgspec.json.decode(event.body, type=_About)
        for ident, event in trail.events(tx, [*hit, *by_kind.get("tell.NoticeSent", ())]).items()
    }
    notices = tell.notices(tx, [NoticeId(one.notice) for one in about.values() if one.notice])
    return Counted(
        orders=frozenset(about[ident].order for ident in hit if ident in about),
        members=frozenset(notice.member for notice in notices.values()),
        purchases=len(by_kind.get("make.PurchasePlaced", ())),
        works=len(by_kind.get("make.WorkOpened", ())),
        jobs=sum(step.mark is trail.Mark.JOB for step in below),
        events=sum(len(ids) for ids in by_kind.values()),
    )
