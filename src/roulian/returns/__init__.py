"""After-sales: what a buyer asks back once the goods have arrived, and how it ends.

Owns: cases, one per asking, with the lines and quantities they are about and what is wanted for them; how much of a
line is being asked back.
Says: CaseAsked, CaseApproved, CaseRefused, GoodsBack, ReplacementSent, RefundAgreed (once per case), CaseSettled.
Never: moves money or goods, reads an order, or knows who a member of staff is.
"""

from roulian.returns.events import (
    CaseApproved,
    CaseAsked,
    CaseRefused,
    CaseSettled,
    GoodsBack,
    RefundAgreed,
    ReplacementSent,
)
from roulian.returns.model import (
    RETURN_DAYS,
    AskedBack,
    Bought,
    BoughtLine,
    Case,
    CaseId,
    CaseItem,
    CaseKind,
    CaseNotFound,
    CaseReason,
    CaseStatus,
    News,
    NoSuchReplacement,
    NotInThisState,
    NotYetDelivered,
    Option,
    ReasonNeeded,
    TooLateToReturn,
    TooManyReturned,
    WantedBack,
    item_of,
    told,
)
from roulian.returns.reads import case, cases_of, cases_page
from roulian.returns.writes import approve, ask, goods_back, refuse, sent, settle, withdraw

__all__ = [
    "RETURN_DAYS",
    "AskedBack",
    "Bought",
    "BoughtLine",
    "Case",
    "CaseApproved",
    "CaseAsked",
    "CaseId",
    "CaseItem",
    "CaseKind",
    "CaseNotFound",
    "CaseReason",
    "CaseRefused",
    "CaseSettled",
    "CaseStatus",
    "GoodsBack",
    "News",
    "NoSuchReplacement",
    "NotInThisState",
    "NotYetDelivered",
    "Option",
    "ReasonNeeded",
    "RefundAgreed",
    "ReplacementSent",
    "TooLateToReturn",
    "TooManyReturned",
    "WantedBack",
    "approve",
    "ask",
    "case",
    "cases_of",
    "cases_page",
    "goods_back",
    "item_of",
    "refuse",
    "sent",
    "settle",
    "told",
    "withdraw",
]
