"""What every order must fulfil before it exists, one alone or combined: its fields, its times, its merchant's rules."""

import re
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

import msgspec

from wechat_sandbox.moments import DAY_MS, local
from wechat_sandbox.pay.merchants import Merchant
from wechat_sandbox.pay.payments import Payment, TradeState, TradeType
from wechat_sandbox.state import State
from wechat_sandbox.wire import PayError

OUT_TRADE_NO = re.compile(r"^[0-9A-Za-z_\-*]{6,32}$")
PREPAY_LIFE_MS = 7_200_000
H5_LIFE_MS = 300_000
DEFAULT_LIFE_MS = 7 * DAY_MS
LONGEST_LIFE_MS = 90 * DAY_MS
SHORTEST_LIFE_MS = 60_000
LONGEST_DESCRIPTION, LONGEST_ATTACH, LONGEST_URL = 127, 128, 255
LOOPBACK = ("127.0.0.1", "localhost", "::1")
CODE_URL, H5_URL = "weixin://wxpay/bizpayurl", "https://wx.tenpay.com/cgi-bin/mmpayweb-bin/checkmweb"
H5_KINDS = ("Wap", "iOS", "Android")


class Payer(msgspec.Struct):
    """Who will pay."""

    openid: str


class SettleInfo(msgspec.Struct):
    """Whether the order's money is held for sharing once it is settled."""

    profit_sharing: bool = False


class H5Info(msgspec.Struct):
    """Which kind of page or app shows the H5 cashier."""

    type: str = ""


class Scene(msgspec.Struct):
    """Where the payer is."""

    payer_client_ip: str = ""
    device_id: str = ""
    h5_info: H5Info | None = None


def new_prepay_id(state: State) -> str:
    """A prepay_id nobody has had."""
    return f"wx{local(state.now_ms):%Y%m%d%H%M%S}{state.draw(10).hex()}"


def prepay_life_ms(trade_type: TradeType) -> int:
    """How long what the merchant was handed can be paid: five minutes for an h5_url, two hours for all others."""
    return H5_LIFE_MS if trade_type is TradeType.H5 else PREPAY_LIFE_MS


def check_rules(state: State, merchant: Merchant, trade_type: TradeType, *, total_fen: int) -> None:
    """Raises `PayError` 403 NO_AUTH for a product the merchant has not got, RULE_LIMIT past its most per order."""
    rules = state.one("SELECT * FROM merchant_rules WHERE mchid = ?", merchant.mchid)
    if rules is None:
        return
    if trade_type.name in rules["closed_products"].split(","):
        raise PayError(403, "NO_AUTH", "商户无权限,请检查商户号是否已开通该产品")
    if rules["most_fen"] and total_fen > rules["most_fen"]:
        raise PayError(403, "RULE_LIMIT", "业务规则限制:超过商户单笔收款限额")


def check_texts(*, description: str, attach: str, out_trade_no: str) -> None:
    """Raises `PayError` 400 PARAM_ERROR for a description, attach or order number of the wrong length or alphabet."""
    if not 1 <= len(description) <= LONGEST_DESCRIPTION or len(attach) > LONGEST_ATTACH:
        raise PayError(400, "PARAM_ERROR", "参数错误:description 或 attach 长度不符合要求")
    if not OUT_TRADE_NO.match(out_trade_no):
        raise PayError(400, "PARAM_ERROR", "参数错误:商户订单号必须为6-32位数字、字母或_-*")


def check_amount(total_fen: int, currency: str) -> None:
    """Raises `PayError` 400 PARAM_ERROR unless it is a positive amount of CNY."""
    if total_fen < 1 or currency != "CNY":
        raise PayError(400, "PARAM_ERROR", "参数错误:金额必须为正整数分,币种为CNY")


def check_scene(trade_type: TradeType, scene: Scene | None) -> None:
    """Raises `PayError` 400 PARAM_ERROR for an H5 order that does not say where its payer is."""
    if trade_type is not TradeType.H5:
        return
    if scene is None or not scene.payer_client_ip or scene.h5_info is None or scene.h5_info.type not in H5_KINDS:
        raise PayError(400, "PARAM_ERROR", "参数错误:H5支付必须填写 scene_info.payer_client_ip 与 h5_info.type")


def check_notify_url(url: str) -> None:
    """Raises `PayError` unless the URL is https without query; plain http is taken on loopback only."""
    parts = urlsplit(url)
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not is_safe or not parts.netloc or parts.query or len(url) > LONGEST_URL:
        raise PayError(400, "PARAM_ERROR", "参数错误:notify_url 必须为 https 且不能携带参数")


def expiry_ms(state: State, time_expire: str) -> int:
    """When the order closes by itself; raises `PayError` PARAM_ERROR unless that is in 1 minute to 90 days."""
    if not time_expire:
        return state.now_ms + DEFAULT_LIFE_MS
    try:
        moment = datetime.fromisoformat(time_expire)
    except ValueError as error:
        raise PayError(400, "PARAM_ERROR", "参数错误:time_expire 格式不符合 rfc3339") from error
    if moment.tzinfo is None:
        raise PayError(400, "PARAM_ERROR", "参数错误:time_expire 缺少时区")
    expires_ms = int(moment.timestamp() * 1000)
    if not SHORTEST_LIFE_MS <= expires_ms - state.now_ms <= LONGEST_LIFE_MS:
        raise PayError(400, "PARAM_ERROR", "参数错误:time_expire 须在 1 分钟至 90 天之间")
    return expires_ms


def check_still_payable(payment: Payment) -> None:
    """Raises `PayError` 400 ORDER_CLOSED or ORDERPAID for an order that nobody can pay any more."""
    if payment.trade_state is TradeState.CLOSED:
        raise PayError(400, "ORDER_CLOSED", "该订单已关闭,请重新下单")
    if payment.trade_state in (TradeState.SUCCESS, TradeState.REFUND):
        raise PayError(400, "ORDERPAID", "该订单已支付")


def handed_out(trade_type: TradeType, prepay_id: str) -> dict[str, str]:
    """What the merchant gets for its new order: a prepay_id, the text of a QR code, or the address of a page."""
    match trade_type:
        case TradeType.NATIVE:
            return {"code_url": f"{CODE_URL}?pr={prepay_id}"}
        case TradeType.H5:
            return {"h5_url": f"{H5_URL}?prepay_id={prepay_id}&package=1"}
        case TradeType.JSAPI | TradeType.APP:
            return {"prepay_id": prepay_id}


def prepay_id_in(url: str) -> str:
    """The prepay_id in a code_url or h5_url; empty when there is none."""
    fields = parse_qs(urlsplit(url).query)
    return (fields.get("pr") or fields.get("prepay_id") or [""])[0]
