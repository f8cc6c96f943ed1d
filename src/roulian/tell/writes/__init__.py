"""What changes about messages: notices and their attempts, the consent ledger, accounts and articles."""

from roulian.tell.writes.accounts import (
    add_accounts,
    deny,
    enter_account,
    learn_rights,
    reseal_secrets,
    save_accounts,
    save_secrets,
    stand,
)
from roulian.tell.writes.articles import draft_article, save_articles
from roulian.tell.writes.consents import decline, grant, withdraw
from roulian.tell.writes.contacts import carry_over, contacted, hand_back
from roulian.tell.writes.forgetting import forget
from roulian.tell.writes.mass import book_mass, mass_refused
from roulian.tell.writes.notices import heard_sent, lost, next_attempt, queue, refused, sent

__all__ = [
    "add_accounts",
    "book_mass",
    "carry_over",
    "contacted",
    "decline",
    "deny",
    "draft_article",
    "enter_account",
    "forget",
    "grant",
    "hand_back",
    "heard_sent",
    "learn_rights",
    "lost",
    "mass_refused",
    "next_attempt",
    "queue",
    "refused",
    "reseal_secrets",
    "save_accounts",
    "save_articles",
    "save_secrets",
    "sent",
    "stand",
    "withdraw",
]
