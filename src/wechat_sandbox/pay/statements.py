"""The texts of bills: one row per payment, refund or move of the balance, and the sums, in WeChat's columns.

Every value has a backtick before it, so that no spreadsheet makes a number of an order number; amounts are in yuan.
No fee is taken in the sandbox, and no coupon exists: these columns are always zero.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from wechat_sandbox.moments import local
from wechat_sandbox.pay.money import FlowKind
from wechat_sandbox.state import State

END = "\r\n"
PARTIES = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类"
)
GIVEN_BACK = "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态"
ALL_COLUMNS = (
    f"{PARTIES},应结订单金额,代金券金额,{GIVEN_BACK},商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
PAYMENT_COLUMNS = f"{PARTIES},应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注"
REFUND_COLUMNS = (
    f"{PARTIES},应结订单金额,代金券金额,退款申请时间,退款成功时间,{GIVEN_BACK},商品名称,商户数据包,手续费,费率,"
    "订单金额,申请退款金额,费率备注"
)
TRADE_SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
FLOW_COLUMNS = (
    "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,"
    "备注,业务凭证号"
)
FLOW_SUMS = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额"
ZERO, NO_FEE = "0.00", "0.00000"

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BillDay:
    """One merchant's day from its first to past its last millisecond, and when WeChat writes its bill."""

    mchid: str
    begins_ms: int
    ends_ms: int
    written_ms: int


def trade_bill(state: State, day: BillDay) -> str:
    """Everything paid and everything asked back that day, in order of time; empty when there was nothing."""
    rows = sorted([*_payments(state, day), *_refunds(state, day)], key=lambda row: row["交易时间"])
    return _trade_text(ALL_COLUMNS, rows)


def trade_payments(state: State, day: BillDay) -> str:
    """Everything paid that day; empty when there was nothing."""
    return _trade_text(PAYMENT_COLUMNS, _payments(state, day))


def trade_refunds(state: State, day: BillDay) -> str:
    """Everything asked back that day; empty when there was nothing."""
    return _trade_text(REFUND_COLUMNS, _refunds(state, day))


def fund_flow_bill(state: State, day: BillDay) -> str:
    """Every move of the merchant's balance that day; empty when it did not move."""
    flows = state.all(
        "SELECT * FROM fund_flows WHERE mchid = ? AND at_ms >= ? AND at_ms < ? ORDER BY id",
        day.mchid,
        day.begins_ms,
        day.ends_ms,
    )
    rows = [
        {
            "记账时间": _clock(flow["at_ms"]),
            "微信支付业务单号": flow["business_no"],
            "资金流水单号": f"{flow['mchid']}{flow['id']:018d}",
            "业务名称": flow["kind"],
            "业务类型": flow["kind"],
            "收支类型": "收入" if flow["fen"] > 0 else "支出",
            "收支金额(元)": _yuan(abs(flow["fen"])),
            "账户结余(元)": _yuan(flow["balance_fen"]),
            "资金变更提交申请人": "system" if flow["kind"] == FlowKind.TRADE else f"{flow['mchid']}API",
            "备注": "",
            "业务凭证号": flow["voucher"],
        }
        for flow in flows
    ]
    moves = [flow["fen"] for flow in flows]
    into, out = [fen for fen in moves if fen > 0], [-fen for fen in moves if fen < 0]
    sums = (len(moves), len(into), _yuan(sum(into)), len(out), _yuan(sum(out)))
    return _text(FLOW_COLUMNS, rows, FLOW_SUMS, sums)


def _payments(state: State, day: BillDay) -> list[Row]:
    found = state.all(
        "SELECT * FROM payments WHERE mchid = ? AND paid_ms >= ? AND paid_ms < ? ORDER BY paid_ms, id",
        day.mchid,
        day.begins_ms,
        day.ends_ms,
    )
    return [
        {
            **_parties(row, at_ms=row["paid_ms"], trade_state="SUCCESS"),
            **dict.fromkeys(("微信退款单号", "商户退款单号"), "0"),
            **dict.fromkeys(("退款金额", "申请退款金额"), ZERO),
            **dict.fromkeys(("退款类型", "退款状态"), ""),
            **dict.fromkeys(("应结订单金额", "订单金额"), _yuan(row["total_fen"])),
        }
        for row in found
    ]


def _refunds(state: State, day: BillDay) -> list[Row]:
    found = state.all(
        "SELECT payments.*, refund_id, out_refund_no, refund_fen, refunds.created_ms AS begun_ms, success_ms,"
        " abnormal_ms, closed_ms FROM refunds JOIN payments ON payments.id = refunds.payment"
        " WHERE refunds.mchid = ? AND refunds.created_ms >= ? AND refunds.created_ms < ?"
        " ORDER BY refunds.created_ms, refund_id",
        day.mchid,
        day.begins_ms,
        day.ends_ms,
    )
    return [
        {
            **_parties(row, at_ms=row["begun_ms"], trade_state="REFUND"),
            "微信退款单号": row["refund_id"],
            "商户退款单号": row["out_refund_no"],
            **dict.fromkeys(("退款金额", "申请退款金额"), _yuan(row["refund_fen"])),
            "退款类型": "ORIGINAL",
            "退款状态": _refund_state(row, written_ms=day.written_ms),
            "退款申请时间": _clock(row["begun_ms"]),
            "退款成功时间": _clock(row["success_ms"]) if _by(row["success_ms"], day.written_ms) else "",
            **dict.fromkeys(("应结订单金额", "订单金额"), ZERO),
        }
        for row in found
    ]


def _parties(row: sqlite3.Row, *, at_ms: int, trade_state: str) -> Row:
    return {
        "交易时间": _clock(at_ms),
        "公众账号ID": str(row["appid"]),
        "商户号": str(row["mchid"]),
        "特约商户号": "0",
        "设备号": "",
        "微信订单号": str(row["transaction_id"]),
        "商户订单号": str(row["out_trade_no"]),
        "用户标识": str(row["openid"]),
        "交易类型": str(row["trade_type"]),
        "交易状态": trade_state,
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "代金券金额": ZERO,
        "充值券退款金额": ZERO,
        "商品名称": _one_line(str(row["description"])),
        "商户数据包": _one_line(str(row["attach"])),
        "手续费": NO_FEE,
        "费率": "0.00%",
        "费率备注": "",
    }


def _refund_state(row: sqlite3.Row, *, written_ms: int) -> str:
    """The bill's own words: CHANGE is an abnormal refund, FAIL a closed one."""
    for moment, word in (("success_ms", "SUCCESS"), ("closed_ms", "FAIL"), ("abnormal_ms", "CHANGE")):
        if _by(row[moment], written_ms):
            return word
    return "PROCESSING"


def _by(moment_ms: int | None, at_ms: int) -> bool:
    return moment_ms is not None and moment_ms < at_ms


def _trade_text(columns: str, rows: Sequence[Row]) -> str:
    sums = (
        len(rows),
        _sum(rows, "应结订单金额"),
        _sum(rows, "退款金额"),
        ZERO,
        NO_FEE,
        _sum(rows, "订单金额"),
        _sum(rows, "申请退款金额"),
    )
    return _text(columns, rows, TRADE_SUMS, sums)


def _text(columns: str, rows: Sequence[Row], sum_columns: str, sums: Sequence[object]) -> str:
    if not rows:
        return ""
    names = columns.split(",")
    lines = [columns, *(_line(row[name] for name in names) for row in rows), sum_columns, _line(sums)]
    return END.join(lines) + END


def _line(values: Iterable[object]) -> str:
    return ",".join(f"`{value}" for value in values)


def _sum(rows: Sequence[Row], column: str) -> str:
    return _yuan(sum(int(row[column].replace(".", "")) for row in rows))


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _clock(at_ms: int) -> str:
    return f"{local(at_ms):%Y-%m-%d %H:%M:%S}"


def _one_line(text: str) -> str:
    return " ".join(text.split())
