"""Messages to members, through the doors WeChat leaves open.

Owns: notices and their attempts, the ledger of one-off consents, the account matrix, articles.
Says: NoticeSent, NoticeFailed.
Never: tells a member the same fact twice; never sends again what may have been sent; never calls WeChat itself.
"""

from roulian.tell.events import NoticeFailed, NoticeSent
from roulian.tell.model import (
    ASKED_AT_CHECKOUT,
    Account,
    Answer,
    Article,
    Attempt,
    Door,
    NewNotice,
    Notice,
    NoticeStatus,
    Scenario,
)
from roulian.tell.reads import (
    accounts,
    answers,
    articles,
    consents,
    crisis_account,
    door_counts,
    notice_counts,
    notices,
    notices_page,
)
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
    "ASKED_AT_CHECKOUT",
    "Account",
    "Answer",
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
    "answers",
    "articles",
    "consents",
    "crisis_account",
    "door_counts",
    "draft_article",
    "grant",
    "lost",
    "next_attempt",
    "notice_counts",
    "notices",
    "notices_page",
    "queue",
    "refused",
    "save_accounts",
    "save_articles",
    "sent",
    "withdraw",
]
