"""Messages to members, through the doors WeChat leaves open.

Owns: notices and their attempts, the ledger of one-off consents, the account matrix, articles.
Says: NoticeSent, NoticeFailed.
Never: tells a member the same fact twice; never sends again what may have been sent; never calls WeChat itself.
"""

from roulian.tell.events import NoticeFailed, NoticeSent
from roulian.tell.model import (
    Account,
    Article,
    Attempt,
    Door,
    NewNotice,
    Notice,
    NoticeStatus,
    Scenario,
)
from roulian.tell.reads import accounts, articles, consents, notices, notices_page
from roulian.tell.writes import (
    draft_article,
    grant,
    lost,
    next_attempt,
    queue,
    refused,
    save_accounts,
    save_articles,
    sent,
    withdraw,
)

__all__ = [
    "Account",
    "Article",
    "Attempt",
    "Door",
    "NewNotice",
    "Notice",
    "NoticeFailed",
    "NoticeSent",
    "NoticeStatus",
    "Scenario",
    "accounts",
    "articles",
    "consents",
    "draft_article",
    "grant",
    "lost",
    "next_attempt",
    "notices",
    "notices_page",
    "queue",
    "refused",
    "save_accounts",
    "save_articles",
    "sent",
    "withdraw",
]
