"""What a message is, what it may say, and through which door it goes next."""

from roulian.tell.model.account import Account, AccountKind, Article, crisis_text
from roulian.tell.model.notice import (
    Answer,
    Attempt,
    AttemptStatus,
    MissingFacts,
    NewNotice,
    Notice,
    NoticeStatus,
    UnknownNotice,
    choose,
    consent_is_void,
)
from roulian.tell.model.scenario import ASKED_AT_CHECKOUT, CHAINS, TEMPLATES, Door, Scenario
from roulian.tell.model.template import Facts, Field, Kind, Template, shorten

__all__ = [
    "ASKED_AT_CHECKOUT",
    "CHAINS",
    "TEMPLATES",
    "Account",
    "AccountKind",
    "Answer",
    "Article",
    "Attempt",
    "AttemptStatus",
    "Door",
    "Facts",
    "Field",
    "Kind",
    "MissingFacts",
    "NewNotice",
    "Notice",
    "NoticeStatus",
    "Scenario",
    "Template",
    "UnknownNotice",
    "choose",
    "consent_is_void",
    "crisis_text",
    "shorten",
]
