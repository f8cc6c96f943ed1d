"""A tiny stage for the store's own tests: a shelf of things that are put there and taken away."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from roulian.store import METADATA, Errand, Job, Tx, any_of
from roulian.store.schema import create_tables
from roulian.words import Event, Rejected, Unreachable

SHELF_TABLES = sa.MetaData()
THINGS = sa.Table(
    "shelf_things",
    SHELF_TABLES,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("units", sa.BigInteger, sa.CheckConstraint("units >= 0", name="ck_units"), nullable=False),
    sa.Column("note", sa.Text),
)
_PUT = THINGS.insert()
_ADD = sa.text(
    "INSERT INTO shelf_things (id, units) VALUES (:id, :units)"
    " ON CONFLICT (id) DO UPDATE SET units = shelf_things.units + excluded.units"
)
_TAKE = sa.text("UPDATE shelf_things SET units = units - :units WHERE id = :id")
_ALL = sa.select(THINGS.c.id, THINGS.c.units).order_by(THINGS.c.id)
_SOME = _ALL.where(any_of(THINGS.c.id, "ids"))


@dataclass(frozen=True, slots=True)
class Put(Event):
    """Something was put on the shelf."""

    thing: str
    units: int = 1

    @classmethod
    def kind(cls) -> str:
        return "shelf.Put"


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """Somebody noted that something was put on the shelf."""

    thing: str

    @classmethod
    def kind(cls) -> str:
        return "shelf.Noted"


def create_shelf(tx: Tx) -> None:
    """Make the shelf, and the tables of a brand beside it."""
    create_tables(METADATA, tx)
    create_tables(SHELF_TABLES, tx)


def put(tx: Tx, thing: str, *, units: int = 1) -> None:
    """Put something new on the shelf; a second time breaks its key."""
    tx.run(_PUT, id=thing, units=units)


def add(tx: Tx, thing: str, *, units: int = 1) -> None:
    """Have more of something."""
    tx.run(_ADD, id=thing, units=units)


def take(tx: Tx, thing: str, *, units: int = 1) -> None:
    """Have less of something; less than nothing breaks the table's check."""
    tx.run(_TAKE, id=thing, units=units)


def things(tx: Tx, ids: Sequence[str] | None = None) -> dict[str, int]:
    """What is on the shelf."""
    return dict(tx.rows(_ALL) if ids is None else tx.rows(_SOME, ids=ids))


@dataclass(slots=True)
class Outside:
    """A partner with rules: does each request it hears, remembers it, and answers as it is told to.

    `answers` are taken in turn, the last one for ever: "ok" answers, "silent" does nothing and does not answer,
    "lost" does it but the answer is lost, "no" refuses.
    """

    answers: list[str] = field(default_factory=lambda: ["ok"])
    done: list[str] = field(default_factory=list)
    asked: int = 0

    async def call(self, job: Job) -> str:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        if answer == "no":
            raise Rejected("43101", "refused")
        if answer != "silent":
            self.done.append(job.key)
        if answer != "ok":
            raise Unreachable("no answer", lost=answer == "lost")
        return f"did {job.body}"


def errand(outside: Outside, *, asks_again: bool = False) -> Errand:
    """Puts `<key> <answer>` on the shelf when answered, `<key> refused` when refused.

    With `asks_again` a lost answer is asked for again (the outside knows the job's id); without it is left to a person.
    """
    return Errand(
        call=outside.call,
        record=lambda tx, job, answer: add(tx, f"{job.key} {answer}"),
        rejected=lambda tx, job, rejected: add(tx, f"{job.key} refused {rejected.code}"),
        lost=(lambda tx, job: tx.job(job.kind, job.key, job.body)) if asks_again else None,
    )
