"""Acting as people: log in, follow, consent, pay, read, confirm; and as the carrier who moves a parcel."""

from enum import StrEnum

import msgspec

from wechat_sandbox import people
from wechat_sandbox.content import readers
from wechat_sandbox.content.articles import publish_by_hand
from wechat_sandbox.content.writing import Article
from wechat_sandbox.mini_program.login import issue_code
from wechat_sandbox.official import visits
from wechat_sandbox.pay import paying
from wechat_sandbox.pay.payments import payment_by_transaction
from wechat_sandbox.pay.prepays import prepay_id_in
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, ControlError, Request, control_parsed


class InAccount(msgspec.Struct):
    """One person in one account."""

    person: str
    appid: str


class Follow(InAccount):
    """Following, perhaps through a QR code with a scene."""

    scene: str = ""


class Tap(InAccount):
    """What the person chose for each template."""

    answers: dict[str, people.Choice]
    scene: int = 0


class PayAction(StrEnum):
    """What the person does with the cashier's sheet."""

    PAY = "pay"
    CANCEL = "cancel"
    DECLINED = "declined"


class Pay(msgspec.Struct):
    """Paying a prepay_id, or what a code_url or h5_url stands for.

    `request_payment` are the arguments of `wx.requestPayment`, verified when given; `declined`: the bank says no.
    """

    person: str
    prepay_id: str = ""
    url: str = ""
    action: PayAction = PayAction.PAY
    request_payment: dict[str, str] | None = None


class Read(InAccount):
    """Reading or sharing one article."""

    msgid: str
    scene: str = "聊天会话"


class Publication(msgspec.Struct):
    """One article as the editor sends it; `msgid` is what its statistics will be called, `2247490098_1`."""

    appid: str
    msgid: str
    title: str
    content: str = ""


class Counts(msgspec.Struct):
    """So many readers and sharers of one article on one day."""

    appid: str
    msgid: str
    day: str
    read_user: int = 0
    share_user: int = 0
    scene: str = "公众号消息"


class ManyCounts(msgspec.Struct):
    """Counts in bulk."""

    counts: list[Counts]


class Receipt(msgspec.Struct):
    """A buyer's confirmation."""

    transaction_id: str
    person: str = ""


class ExpressPath(msgspec.Struct):
    """One step of a waybill."""

    appid: str
    person: str
    delivery_id: str
    waybill_id: str
    action_type: int
    action_msg: str = ""
    order_id: str = ""


class Withdrawal(msgspec.Struct):
    """Money taken out of a merchant's balance."""

    mchid: str
    fen: int


def wx_login(state: State, request: Request) -> Body:
    """POST /_sandbox/wx_login: the code that `wx.login` gives."""
    body = control_parsed(request, InAccount)
    return {"code": issue_code(state, body.appid, body.person)}


def follow(state: State, request: Request) -> Body:
    """POST /_sandbox/follow: the person follows; event `subscribe` (once)."""
    body = control_parsed(request, Follow)
    return {"openid": visits.follow(state, body.appid, body.person, scene=body.scene)}


def unfollow(state: State, request: Request) -> Body:
    """POST /_sandbox/unfollow: the person does not follow any more; event `unsubscribe`."""
    body = control_parsed(request, InAccount)
    return {"openid": visits.unfollow(state, body.appid, body.person)}


def tap(state: State, request: Request) -> Body:
    """POST /_sandbox/consent: the pop-up's answers; an accept is one more send, and the event tells all."""
    body = control_parsed(request, Tap)
    return {"remaining": people.answer_popup(state, body.appid, body.person, answers=body.answers, scene=body.scene)}


def change(state: State, request: Request) -> Body:
    """POST /_sandbox/consent/change: refused in the settings; nothing is left of these templates."""
    body = control_parsed(request, Tap)
    people.change_consents(state, body.appid, body.person, answers=body.answers)
    return {"ok": True}


def pay(state: State, request: Request) -> Body:
    """POST /_sandbox/pay: the person pays (or cancels) what the mini-program asked for."""
    body = control_parsed(request, Pay)
    prepay_id = body.prepay_id or prepay_id_in(body.url)
    if body.request_payment is not None:
        prepay_id = people.verified_prepay_id(state, body.request_payment)
    if body.action is PayAction.CANCEL:
        return {"errMsg": "requestPayment:fail cancel"}
    if body.action is PayAction.DECLINED:
        paying.decline(state, prepay_id, person=body.person)
        return {"errMsg": "requestPayment:fail bank declined"}
    paid = people.pay(state, prepay_id, person=body.person)
    return {
        "errMsg": "requestPayment:ok",
        "transaction_id": paid.transaction_id,
        "out_trade_no": paid.out_trade_no,
        "paid_ms": paid.paid_ms,
    }


def read(state: State, request: Request) -> Body:
    """POST /_sandbox/articles/read: one reader more today, once per person and day."""
    body = control_parsed(request, Read)
    return {"counted": readers.read(state, body.appid, body.person, msgid=body.msgid, scene=body.scene, verb="read")}


def share(state: State, request: Request) -> Body:
    """POST /_sandbox/articles/share: one sharer more today, once per person and day."""
    body = control_parsed(request, Read)
    return {"counted": readers.read(state, body.appid, body.person, msgid=body.msgid, scene=body.scene, verb="share")}


def publish(state: State, request: Request) -> Body:
    """POST /_sandbox/articles/publish: sent by hand from the back office, so no API and no event has part in it."""
    body = control_parsed(request, Publication)
    if not body.msgid.rpartition("_")[0]:
        raise ControlError("bad_msgid", f"{body.msgid!r} is not msg_data_id and index, like 2247490098_1")
    try:
        publish_by_hand(state, body.appid, msgid=body.msgid, article=Article(title=body.title, content=body.content))
    except ApiError as error:
        raise ControlError("unknown_account", f"there is no account {body.appid!r}") from error
    return {"ok": True}


def count(state: State, request: Request) -> Body:
    """POST /_sandbox/articles/count: readers and sharers in bulk, added to what is there."""
    body = control_parsed(request, ManyCounts)
    for row in body.counts:
        readers.count(
            state,
            row.appid,
            row.msgid,
            day=row.day,
            scene=row.scene,
            readers=row.read_user,
            sharers=row.share_user,
        )
    return {"counted": len(body.counts)}


def confirm_receipt(state: State, request: Request) -> Body:
    """POST /_sandbox/confirm_receipt: the buyer confirms a shipped order; its money is settled."""
    body = control_parsed(request, Receipt)
    payment = payment_by_transaction(state, body.transaction_id)
    if payment is None:
        raise ControlError("unknown_payment", f"there is no transaction {body.transaction_id!r}")
    people.confirm_receipt(state, payment, person=body.person)
    return {"ok": True}


def express_path(state: State, request: Request) -> Body:
    """POST /_sandbox/express_path: event `add_express_path` (100001 picked up … 300003 signed)."""
    body = control_parsed(request, ExpressPath)
    people.move_parcel(
        state,
        body.appid,
        body.person,
        delivery_id=body.delivery_id,
        waybill_id=body.waybill_id,
        order_id=body.order_id,
        action_type=body.action_type,
        action_msg=body.action_msg,
    )
    return {"ok": True}


def take_out(state: State, request: Request) -> Body:
    """POST /_sandbox/withdraw: the merchant's balance is less by `fen`."""
    body = control_parsed(request, Withdrawal)
    people.take_out(state, body.mchid, body.fen)
    return {"ok": True}


ROUTES = (
    Route("POST", "/_sandbox/wx_login", Door.CONTROL, wx_login),
    Route("POST", "/_sandbox/follow", Door.CONTROL, follow),
    Route("POST", "/_sandbox/unfollow", Door.CONTROL, unfollow),
    Route("POST", "/_sandbox/consent", Door.CONTROL, tap),
    Route("POST", "/_sandbox/consent/change", Door.CONTROL, change),
    Route("POST", "/_sandbox/pay", Door.CONTROL, pay),
    Route("POST", "/_sandbox/articles/read", Door.CONTROL, read),
    Route("POST", "/_sandbox/articles/share", Door.CONTROL, share),
    Route("POST", "/_sandbox/articles/publish", Door.CONTROL, publish),
    Route("POST", "/_sandbox/articles/count", Door.CONTROL, count),
    Route("POST", "/_sandbox/confirm_receipt", Door.CONTROL, confirm_receipt),
    Route("POST", "/_sandbox/express_path", Door.CONTROL, express_path),
    Route("POST", "/_sandbox/withdraw", Door.CONTROL, take_out),
)
