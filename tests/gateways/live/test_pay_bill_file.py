"""WeChat Pay's bill as a file: read whole, believed only with its hash."""

import hashlib

import pytest

from roulian.gateways.pay import BillKind, BillRow
from roulian.gateways.pay.bills import read_bill
from roulian.words import Unreachable

COLUMNS = "交易时间,微信订单号,商户订单号,交易状态,微信退款单号,商户退款单号,退款状态,商品名称,订单金额,申请退款金额"
ROWS = (
    "`2026-06-03 09:00:00,`4200001,`ord_1,`SUCCESS,`0,`0,`,`订单, 两件,`79.00,`0.00",
    "`2026-06-03 09:10:00,`4200001,`ord_1,`REFUND,`5030001,`afs_1,`CHANGE,`订单,`0.00,`0.05",
)
SUMS = ("总交易单数,应结订单总金额", "`2,`79.00")
TEXT = "\r\n".join(("\ufeff" + COLUMNS, *ROWS, *SUMS, "")).encode()


def sha1(text: bytes) -> str:
    return hashlib.sha1(text, usedforsecurity=False).hexdigest()


def test_every_row_is_read_to_the_fen_and_sums_are_none_of_them():
    assert read_bill(TEXT, sha1=sha1(TEXT)) == (
        BillRow(BillKind.PAYMENT, "ord_1", "4200001", 7900, "SUCCESS"),
        BillRow(BillKind.REFUND, "afs_1", "4200001", 5, "CHANGE"),
    )


@pytest.mark.parametrize("came", [TEXT[:-20], TEXT.replace(b"79.00", b"97.00"), b""])
def test_file_that_is_not_the_promised_one_is_no_bill(came: bytes):
    with pytest.raises(Unreachable):
        read_bill(came, sha1=sha1(TEXT))
