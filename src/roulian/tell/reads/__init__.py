"""Questions about messages, consents, accounts and articles."""

from roulian.tell.reads.accounts import (
    account,
    account_secrets,
    accounts,
    crisis_account,
    denials,
    permission_sets,
    publishers,
    secret_keys,
    spoken_secrets,
)
from roulian.tell.reads.articles import articles
from roulian.tell.reads.consents import consents
from roulian.tell.reads.contacts import follow_counts, follows, window_counts, windows
from roulian.tell.reads.notices import answers, door_counts, notice_counts, notices, notices_page
from roulian.tell.reads.quotas import quotas, senders
from roulian.tell.reads.reach import audience, reach

__all__ = [
    "account",
    "account_secrets",
    "accounts",
    "answers",
    "articles",
    "audience",
    "consents",
    "crisis_account",
    "denials",
    "door_counts",
    "follow_counts",
    "follows",
    "notice_counts",
    "notices",
    "notices_page",
    "permission_sets",
    "publishers",
    "quotas",
    "reach",
    "secret_keys",
    "senders",
    "spoken_secrets",
    "window_counts",
    "windows",
]
