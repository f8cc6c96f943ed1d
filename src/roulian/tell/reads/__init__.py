"""Questions about messages, consents, accounts and articles."""

from roulian.tell.reads.accounts import accounts, crisis_account
from roulian.tell.reads.articles import articles
from roulian.tell.reads.consents import consents
from roulian.tell.reads.notices import answers, door_counts, notice_counts, notices, notices_page

__all__ = [
    "accounts",
    "answers",
    "articles",
    "consents",
    "crisis_account",
    "door_counts",
    "notice_counts",
    "notices",
    "notices_page",
]
