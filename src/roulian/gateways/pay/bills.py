"""WeChat Pay's trade bill (交易账单): one row per payment and per refund of a day, in WeChat's own columns.

Every value has a backtick before it and amounts are in yuan; a second header and one row of sums end the file
(pay.weixin.qq.com, 申请交易账单). Openids and goods' names in it are passed over.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from roulian.words.errors import Unreachable

_SUMS = "总交易单数"


class BillKind(StrEnum):
    """Money that came, or money that went back."""

    PAYMENT = "payment"
    REFUND = "refund"


@dataclass(frozen=True, slots=True)
class BillRow:
    """One row. `number` is ours: `out_trade_no` of a payment, `out_refund_no` of a refund.

    `transaction` is Pay's number of the payment in both; `state` is how a refund stands (SUCCESS, PROCESSING, FAIL,
    CHANGE), SUCCESS for a payment.
    """

    kind: BillKind
    number: str
    transaction: str
    fen: int
    state: str


def read_bill(text: bytes, *, sha1: str) -> tuple[BillRow, ...]:
    """The rows of a bill whose SHA-1 was told beside its address. Raises `Unreachable` for a file that is not that one."""
    told = hashlib.sha1(text, usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(told, sha1.lower()):
        raise Unreachable("the bill that came is not the one that was promised")
    lines = text.decode("utf-8-sig").splitlines()
    columns = lines[0].split(",") if lines else []
    rows = []
    for line in lines[1:]:
        if line.startswith(_SUMS):
            break
        rows.append(_row(dict(zip(columns, line.removeprefix("`").split(",`"), strict=True))))
    return tuple(rows)


def _row(cells: Mapping[str, str]) -> BillRow:
    transaction = cells["微信订单号"]
    match cells["交易状态"]:
        case "SUCCESS":
            fen = _fen(cells["订单金额"])
            return BillRow(BillKind.PAYMENT, cells["商户订单号"], transaction, fen, "SUCCESS")
        case "REFUND" | "REVOKED":
            fen = _fen(cells["申请退款金额"])
            return BillRow(BillKind.REFUND, cells["商户退款单号"], transaction, fen, cells["退款状态"])
        case state:
            raise Unreachable(f"the bill has a row of state {state}")


def _fen(yuan: str) -> int:
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int(f"{part:0<2}"[:2])
