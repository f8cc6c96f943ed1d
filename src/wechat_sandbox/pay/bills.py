"""对账单: a day's bill is asked for, gets an address, and is fetched there; `statements` writes its text.

A bill is written anew from the payments, refunds and balance moves themselves, as they stood when WeChat writes it: at
any time it is the same to the byte. The file is not signed; the SHA-1 of its unpacked text comes with its address.
"""

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from wechat_sandbox.moments import DAY_MS, SHANGHAI, local
from wechat_sandbox.pay.statements import BillDay, fund_flow_bill, trade_bill, trade_payments, trade_refunds
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, PayError, Reply, Request

TRADE_KINDS, ACCOUNTS = ("ALL", "SUCCESS", "REFUND"), ("BASIC", "OPERATION", "FEES")
WRITERS: Mapping[str, Callable[[State, BillDay], str]] = {
    "ALL": trade_bill,
    "SUCCESS": trade_payments,
    "REFUND": trade_refunds,
    "BASIC": fund_flow_bill,
}
"""The other accounts have no money in the sandbox, so no bills."""
DAY = re.compile(r"^\d{4}-\d{2}-\d{2}$")
OLDEST_MONTHS = 3
DOWNLOAD = "/v3/billdownload/file"
WECHATS_HOST = re.compile(r"\.(weixin\.qq\.com|wechatpay\.cn)$")


def ask_trade_bill(state: State, request: Request) -> Body:
    """GET /v3/bill/tradebill?bill_date=&bill_type=&tar_type=: where the day's payments and refunds can be fetched.

    Refuses another type (PARAM_ERROR), a day that is not over or older than three months (INVALID_REQUEST), one whose
    bill is not written yet (STATEMENT_CREATING) or has nothing in it (NO_STATEMENT_EXIST).
    """
    kind = request.query.get("bill_type") or "ALL"
    if kind not in TRADE_KINDS:
        raise PayError(400, "PARAM_ERROR", f"参数错误:bill_type 须为 {'、'.join(TRADE_KINDS)}")
    return _link(state, request, kind)


def ask_fund_flow_bill(state: State, request: Request) -> Body:
    """GET /v3/bill/fundflowbill?bill_date=&account_type=&tar_type=: where the balance's moves can be fetched.

    Refuses as `ask_trade_bill` does.
    """
    kind = request.query.get("account_type") or "BASIC"
    if kind not in ACCOUNTS:
        raise PayError(400, "PARAM_ERROR", f"参数错误:account_type 须为 {'、'.join(ACCOUNTS)}")
    return _link(state, request, kind)


def _link(state: State, request: Request, kind: str) -> Body:
    packing = request.query.get("tar_type", "")
    if packing not in ("", "GZIP"):
        raise PayError(400, "PARAM_ERROR", "参数错误:tar_type 只能为 GZIP")
    day = _bill_day(state, request.query.get("bill_date", ""))
    text = _written(state, request.caller, kind, day)
    if not text:
        raise PayError(400, "NO_STATEMENT_EXIST", "账单文件不存在,请检查当前商户号在指定日期是否有交易或退款")
    token = state.draw_text(64)
    state.run(
        "INSERT INTO bill_links VALUES (?, ?, ?, ?, ?, ?)",
        token,
        request.caller,
        kind,
        day.isoformat(),
        packing == "GZIP",
        state.now_ms,
    )
    return {
        "hash_type": "SHA1",
        "hash_value": hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest(),
        "download_url": f"{_base_url(request)}{DOWNLOAD}?token={token}",
    }


def _base_url(request: Request) -> str:
    """The address is on the host that was asked: WeChat's own behind the TLS doors, else the sandbox's."""
    host = request.headers.get("host", "api.mch.weixin.qq.com")
    scheme = "https" if WECHATS_HOST.search(host.partition(":")[0]) else "http"
    return f"{scheme}://{host}"


def _bill_day(state: State, bill_date: str) -> date:
    try:
        day = date.fromisoformat(bill_date) if DAY.match(bill_date) else None
    except ValueError:
        day = None
    if day is None:
        raise PayError(400, "PARAM_ERROR", "参数错误:bill_date 格式须为 yyyy-MM-dd")
    today = local(state.now_ms).date()
    if day >= today or day < _months_before(today, OLDEST_MONTHS):
        raise PayError(400, "INVALID_REQUEST", "参数错误:bill_date 须为三个月内已结束的日期")
    if state.now_ms < _written_ms(state, day):
        raise PayError(400, "STATEMENT_CREATING", "账单生成中,请在次日上午10点后再试")
    return day


def _months_before(today: date, months: int) -> date:
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(today.day, last.day))


def _written_ms(state: State, day: date) -> int:
    return _midnight_ms(day) + DAY_MS + state.settings.bill_ready_hour * 3_600_000


def _midnight_ms(day: date) -> int:
    return int(datetime.combine(day, time(), SHANGHAI).timestamp() * 1000)


def _written(state: State, mchid: str, kind: str, day: date) -> str:
    writer = WRITERS.get(kind)
    begins_ms = _midnight_ms(day)
    bill_day = BillDay(mchid, begins_ms, begins_ms + DAY_MS, _written_ms(state, day))
    return writer(state, bill_day) if writer is not None else ""


def download(state: State, request: Request) -> Reply:
    """GET /v3/billdownload/file?token=: the file itself, unsigned, packed when it was asked for so.

    Refuses an unknown or old address (INVALID_REQUEST) and another merchant's (NO_AUTH).
    """
    link = state.one("SELECT * FROM bill_links WHERE token = ?", request.query.get("token", ""))
    if link is None or state.now_ms >= link["made_ms"] + state.settings.bill_link_ms:
        raise PayError(400, "INVALID_REQUEST", "账单地址无效或已过期,请重新申请账单获取下载地址")
    if link["mchid"] != request.caller:
        raise PayError(403, "NO_AUTH", "请检查本次请求的商户是否与申请账单的商户一致")
    text = _written(state, link["mchid"], link["kind"], date.fromisoformat(link["day"])).encode()
    if link["is_gzip"]:
        return Reply(200, gzip.compress(text, mtime=0), (("content-type", "application/x-gzip"),))
    return Reply(200, text, (("content-type", "text/plain; charset=utf-8"),))


ASK_REFUSES = ("PARAM_ERROR", "INVALID_REQUEST", "STATEMENT_CREATING", "NO_STATEMENT_EXIST")

ROUTES = (
    Route("GET", "/v3/bill/tradebill", Door.PAY, ask_trade_bill, refuses=ASK_REFUSES),
    Route("GET", "/v3/bill/fundflowbill", Door.PAY, ask_fund_flow_bill, refuses=(*ASK_REFUSES, "FREQUENCY_LIMITED")),
    Route("GET", DOWNLOAD, Door.PAY, download, refuses=("INVALID_REQUEST", "NO_AUTH")),
)
