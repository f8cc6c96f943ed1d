"""After-sales: what a buyer asks back once the goods have arrived, and how it ends.

Owns: cases, one per asking, with the lines and quantities they are about; how much of a line is being asked back.
Says: CaseAsked, CaseApproved, CaseRefused, GoodsBack, RefundAgreed (once per case), CaseSettled.
Never: moves money or goods, reads an order, or knows who a member of staff is.
"""

from roulian.returns.events import CaseApproved, CaseAsked, CaseRefused, CaseSettled, GoodsBack, RefundAgreed
from roulian.returns.model import (
    RETURN_DAYS,
    Bought,
    BoughtLine,
    Case,
    CaseId,
    CaseItem,
    CaseKind,
    CaseNotFound,
    CaseReason,
    CaseStatus,
    NotInThisState,
    NotYetDelivered,
    ReasonNeeded,
    TooLateToReturn,
    TooManyReturned,
    WantedBack,
)
from roulian.returns.reads import case, cases_of, cases_page
from roulian.returns.writes import approve, ask, goods_back, refuse, settle, withdraw

__all__ = [
    "RETURN_DAYS",
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
    "NotInThisState",
    "NotYetDelivered",
    "ReasonNeeded",
    "RefundAgreed",
    "TooLateToReturn",
    "TooManyReturned",
    "WantedBack",
    "approve",
    "ask",
    "case",
    "cases_of",
    "cases_page",
    "goods_back",
    "refuse",
    "settle",
    "withdraw",
]
