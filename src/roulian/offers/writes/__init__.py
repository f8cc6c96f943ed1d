"""What changes in `offers`. Verbs take the transaction first and never commit; a group's row is locked before its seats."""

from roulian.offers.writes.coupons import (
    claim,
    free_voucher,
    issue,
    open_coupon,
    redeem,
    redeem_again,
    return_voucher,
    stop_coupon,
)
from roulian.offers.writes.groups import (
    close_group,
    count_paid,
    join,
    leave,
    open_groupbuy,
    sit,
    sit_again,
    stop_groupbuy,
)

__all__ = [
    "claim",
    "close_group",
    "count_paid",
    "free_voucher",
    "issue",
    "join",
    "leave",
    "open_coupon",
    "open_groupbuy",
    "redeem",
    "redeem_again",
    "return_voucher",
    "sit",
    "sit_again",
    "stop_coupon",
    "stop_groupbuy",
]
