"""A notice, the attempts to deliver it, and the rule that picks its next door."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from roulian.tell.model.scenario import Door, Scenario
from roulian.tell.model.template import Facts
from roulian.words.errors import Bug, Refusal
from roulian.words.ids import MemberId, NoticeId
from roulian.words.time import Instant

NO_CONSENT = "43101"
"""WeChat's word that the member has no consent left for the template; its ledger is the true one."""


class NoticeStatus(StrEnum):
    """Where a notice stands. `UNCERTAIN`: WeChat may have sent it, its answer was lost; it is not sent again."""

    QUEUED = "queued"
    SENT = "sent"
    UNCERTAIN = "uncertain"
    FAILED = "failed"


class AttemptStatus(StrEnum):
    """How one door answered."""

    TRYING = "trying"
    SENT = "sent"
    REFUSED = "refused"
    LOST = "lost"


class MissingFacts(Bug):
    """A notice was made without the facts its template shows."""


@dataclass(eq=False)
class UnknownNotice(Refusal):
    """No notice has this id."""

    notice: NoticeId
    code: ClassVar[str] = "unknown_notice"
    zh: ClassVar[str] = "没有消息 {notice},请刷新列表。"
    en: ClassVar[str] = "There is no notice {notice}. Refresh the list."


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A message to be queued. One member is told one `key` of one scenario once, however often it is queued.

    `about` is the id of the order or SKU; `facts` are what the scenario's template needs (`reason` in words,
    days as ISO text, money as `…_fen`). Raises `MissingFacts`.
    """

    key: str
    member: MemberId
    scenario: Scenario
    about: str
    facts: Facts

    def __post_init__(self) -> None:
        """Refuse a message that could not be put into words."""
        missing = self.scenario.template.facts_needed() - self.facts.keys()
        if missing:
            raise MissingFacts(f"{self.scenario} needs {sorted(missing)}")


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to one member and what became of it. `door` and `sent_at` are None until a door accepted it."""

    id: NoticeId
    member: MemberId
    scenario: Scenario
    about: str
    facts: Facts
    status: NoticeStatus
    door: Door | None
    attempts: int
    made_at: Instant
    sent_at: Instant | None

    def text(self, lang: str = "zh") -> str:
        """What the member reads, for the console and the order page."""
        return self.scenario.template.text({**self.facts, "about": self.about}, lang=lang)

    def values(self) -> Mapping[str, str]:
        """The template's fields, each fitting WeChat's limits."""
        return self.scenario.template.values({**self.facts, "about": self.about})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One call to make to WeChat for one notice; its consent, window and quota are already taken.

    `account` is the appid that sends, `template` its template id (empty where the door has none), `text` the whole
    message in Chinese for doors that take free text, `card_status` the `cur_status` of the service card.
    """

    notice: NoticeId
    member: MemberId
    scenario: Scenario
    about: str
    door: Door
    account: str
    template: str
    values: Mapping[str, str]
    text: str
    card_status: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What one door said when a notice knocked; `code` is WeChat's own, empty unless it refused."""

    door: Door
    status: AttemptStatus
    code: str
    tried_at: Instant


def choose(scenario: Scenario, *, closed: Collection[Door]) -> Door | None:
    """The first door of the scenario's chain that is still open to this notice, None when there is none.

    Closed are doors that refused already, have no quota left or cannot be used; a service card also needs a status to
    show, and a mass message is never a notice to one member. Law: closing a door never reopens an earlier one.
    """
    never = {Door.MASS} if scenario.template.card_status else {Door.MASS, Door.USER_NOTIFY}
    return next((door for door in scenario.chain if door not in never and door not in closed), None)


def consent_is_void(code: str) -> bool:
    """Whether WeChat's refusal shows that our ledger counts consents which do not exist."""
    return code == NO_CONSENT
