"""What a buyer is told on a case's way, in the words of its kind."""

from enum import StrEnum

from roulian.returns.model.case import Case, CaseKind


class News(StrEnum):
    """What happened to a case that its buyer should hear."""

    AGREED = "agreed"
    REFUSED = "refused"
    GOODS_BACK = "goods_back"
    REPLACEMENT_SENT = "replacement_sent"


_AGREED = {
    CaseKind.REFUND_ONLY: ("售后已同意", "款项将原路退回"),
    CaseKind.RETURN: ("售后已同意", "请寄回商品,收到后退款"),
    CaseKind.EXCHANGE: ("换货已同意", "请寄回商品,收到后换发"),
}
_GOODS_BACK = {
    CaseKind.RETURN: ("退货已收到", "款项将原路退回"),
    CaseKind.EXCHANGE: ("退货已收到", "正在为您换发"),
}


def told(case: Case, news: News, *, parcel: str = "") -> tuple[str, str]:
    """The news of this case in Chinese: where it stands, and what comes next or, in staff's own words, why.

    `parcel` is the carrier and the number of a replacement that was sent.
    """
    match news:
        case News.AGREED:
            progress, comes_next = _AGREED[case.kind]
            return progress, case.answer or comes_next
        case News.REFUSED:
            return "售后未通过", case.answer
        case News.GOODS_BACK:
            return _GOODS_BACK[case.kind]
        case News.REPLACEMENT_SENT:
            return "换货已发出", parcel
