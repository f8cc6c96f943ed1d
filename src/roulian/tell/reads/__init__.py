"""Questions about messages, consents, accounts and articles."""

from roulian.tell.reads.accounts import (
    account,
    account_secrets,
    accounts,
    crisis_account,
    denials,
    permission_sets,
    secret_keys,
)
from roulian.tell.reads.articles import articles
from roulian.tell.reads.consents import consents
from roulian.tell.reads.notices import answers, door_counts, notice_counts, notices, notices_page

__all__ = [
    "account",
    "account_secrets",
    "accounts",
    "answers",
    "articles",
    "consents",
    "crisis_account",
    "denials",
    "door_counts",
    "notice_counts",
    "notices",
    "notices_page",
    "permission_sets",
    "secret_keys",
]
