"""getpaidunionid: the unionid of who has just paid, without a login; for five minutes after the payment.

Source: developers.weixin.qq.com, getPaidUnionid.
"""

from wechat_sandbox.accounts import account, person_of, unionid_of
from wechat_sandbox.pay.payments import Payment, payment_by_trade_no, payment_by_transaction
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request

VALID_MS = 300_000


def paid_unionid(state: State, request: Request) -> Body:
    """GET /wxa/getpaidunionid: by transaction_id, or by mch_id and out_trade_no.

    Refuses a wrong openid (40003), an account under no open-platform account (89002), and an order that this openid
    has not paid here in the last five minutes (89300).
    """
    openid = request.query.get("openid", "")
    person = person_of(state, request.caller, openid)
    if person is None:
        raise ApiError(40003)
    open_appid = account(state, request.caller).open_appid
    if not open_appid:
        raise ApiError(89002)
    payment = _asked_for(state, request)
    if payment is None or payment.appid != request.caller or payment.openid != openid or payment.paid_ms is None:
        raise ApiError(89300)
    if state.now_ms >= payment.paid_ms + VALID_MS:
        raise ApiError(89300)
    return {"errcode": 0, "errmsg": "ok", "unionid": unionid_of(state, open_appid, person)}


def _asked_for(state: State, request: Request) -> Payment | None:
    query = request.query
    if "transaction_id" in query:
        return payment_by_transaction(state, query["transaction_id"])
    return payment_by_trade_no(state, query.get("mch_id", ""), query.get("out_trade_no", ""))


ROUTES = (Route("GET", "/wxa/getpaidunionid", Door.TOKEN, paid_unionid, refuses=(40003, 89002, 89300)),)
