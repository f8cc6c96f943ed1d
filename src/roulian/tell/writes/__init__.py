"""What changes about messages: notices and their attempts, the consent ledger, accounts and articles."""

from roulian.tell.writes.accounts import save_accounts
from roulian.tell.writes.articles import draft_article, save_articles
from roulian.tell.writes.consents import grant, withdraw
from roulian.tell.writes.notices import lost, next_attempt, queue, refused, sent

__all__ = [
    "draft_article",
    "grant",
    "lost",
    "next_attempt",
    "queue",
    "refused",
    "save_accounts",
    "save_articles",
    "sent",
    "withdraw",
]
