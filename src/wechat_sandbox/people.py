"""What people do on their phones, and what WeChat tells the accounts of it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from wechat_sandbox.accounts import AccountKind, find_account, openid_of, person_of
from wechat_sandbox.consents import grant, withdraw
from wechat_sandbox.moments import day_of
from wechat_sandbox.official.windows import Cause, open_window
from wechat_sandbox.pay import money, paying
from wechat_sandbox.pay.combined import combined_by_prepay
from wechat_sandbox.pay.merchants import find_merchant, merchant_key
from wechat_sandbox.pay.payments import Payment, TradeType, payment_by_prepay
from wechat_sandbox.pay.signing import is_client_signed
from wechat_sandbox.pushes import push_event
from wechat_sandbox.shipping import deadlines
from wechat_sandbox.shipping import orders as shipping
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError


class Choice(StrEnum):
    """The answer to a consent pop-up."""

    ACCEPT = "accept"
    REJECT = "reject"


def answer_popup(
    state: State, appid: str, person: str, *, answers: Mapping[str, Choice], scene: int
) -> Mapping[str, int]:
    """How many consents each accepted template now has; one event carries all answers."""
    openid = openid_of(state, appid, person)
    remaining = {
        template: grant(state, appid=appid, openid=openid, template_id=template)
        for template, choice in answers.items()
        if choice is Choice.ACCEPT
    }
    items = [
        {"TemplateId": template, "SubscribeStatusString": choice, "PopupScene": str(scene)}
        for template, choice in answers.items()
    ]
    fields = {"SubscribeMsgPopupEvent": {"List": items}}
    push_event(state, appid, "subscribe_msg_popup_event", fields, openid=openid)
    return remaining


def change_consents(state: State, appid: str, person: str, *, answers: Mapping[str, Choice]) -> None:
    """The person changed the subscription settings; refused templates have no consent left."""
    openid = openid_of(state, appid, person)
    for template, choice in answers.items():
        if choice is Choice.REJECT:
            withdraw(state, appid=appid, openid=openid, template_id=template)
    items = [{"TemplateId": template, "SubscribeStatusString": choice} for template, choice in answers.items()]
    push_event(state, appid, "subscribe_msg_change_event", {"SubscribeMsgChangeEvent": {"List": items}}, openid=openid)


def verified_prepay_id(state: State, arguments: Mapping[str, str]) -> str:
    """The prepay_id in the arguments of `wx.requestPayment`; raises `ControlError` when the phone would refuse."""
    name, _, prepay_id = arguments.get("package", "").partition("=")
    order = combined_by_prepay(state, prepay_id) or payment_by_prepay(state, prepay_id)
    merchant = find_merchant(state, order.mchid) if order is not None else None
    if name != "prepay_id" or order is None or merchant is None:
        raise ControlError("prepay_id_unknown", "支付验证失败:预支付单不存在")
    if not is_client_signed(merchant_key(state, merchant), order.appid, arguments):
        raise ControlError("pay_sign_wrong", "支付验证签名失败")
    return prepay_id


def pay(state: State, prepay_id: str, *, person: str) -> paying.Paid:
    """What the person has now paid; its money is frozen where shipping is managed, else settled at once.

    Shipping is managed for what is paid inside a mini-program, so for JSAPI orders alone.
    """
    paid = paying.pay(state, prepay_id, person=person)
    for payment in paid.payments:
        app = find_account(state, payment.appid)
        if app is not None and app.kind is AccountKind.SERVICE:
            open_window(state, app.appid, payment.openid, Cause.PAYMENT)
        if app is not None and app.is_trade_managed and payment.trade_type is TradeType.JSAPI:
            deadlines.await_shipping(state, payment)
        else:
            money.settle(state, payment)
    return paid


def read(state: State, appid: str, person: str, *, msgid: str, scene: str, verb: str) -> bool:
    """Whether the person is counted: once a day per article for reading, once for sharing."""
    day = day_of(state.now_ms)
    _check_article(state, appid, msgid)
    counted = state.run("INSERT OR IGNORE INTO article_readers VALUES (?, ?, ?, ?)", msgid, day, person, verb)
    if counted.rowcount == 0:
        return False
    is_read = verb == "read"
    _add(state, appid, msgid, day=day, scene=scene, readers=int(is_read), sharers=int(not is_read))
    return True


def count(state: State, appid: str, msgid: str, *, day: str, scene: str, readers: int, sharers: int) -> None:
    """The article has so many readers and sharers more on this day."""
    try:
        date.fromisoformat(day)
    except ValueError as error:
        raise ControlError("bad_day", f"{day!r} is not YYYY-MM-DD") from error
    _check_article(state, appid, msgid)
    _add(state, appid, msgid, day=day, scene=scene, readers=readers, sharers=sharers)


def _check_article(state: State, appid: str, msgid: str) -> None:
    known = state.value(
        "SELECT 1 FROM publications WHERE appid = ? AND msg_data_id = ? AND status = 0",
        appid,
        msgid.rpartition("_")[0],
    )
    if known is None:
        raise ControlError("unknown_article", f"{appid} has published no article {msgid!r}")


def _add(state: State, appid: str, msgid: str, *, day: str, scene: str, readers: int, sharers: int) -> None:
    state.run(
        "INSERT INTO article_days VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET"
        " read_user = read_user + excluded.read_user, share_user = share_user + excluded.share_user",
        appid,
        msgid,
        day,
        scene,
        readers,
        sharers,
    )


def confirm_receipt(state: State, payment: Payment, *, person: str) -> None:
    """The buyer confirms; raises `ControlError` for another person (if one is named) or an order not shipped."""
    if person and person_of(state, payment.appid, payment.openid) != person:
        raise ControlError("other_buyer", "只有付款人可以确认收货")
    if not shipping.confirm(state, payment, method=state.settings.confirm_method_manual):
        raise ControlError("not_shipped", "只有已发货的订单可以确认收货")


def move_parcel(
    state: State,
    appid: str,
    person: str,
    *,
    delivery_id: str,
    waybill_id: str,
    order_id: str,
    action_type: int,
    action_msg: str,
) -> None:
    """The carrier has moved the parcel one step; event `add_express_path`."""
    action = {"ActionTime": state.now_s, "ActionType": action_type, "ActionMsg": action_msg}
    fields = {
        "DeliveryID": delivery_id,
        "WayBillId": waybill_id,
        "OrderId": order_id,
        "Version": 1,
        "Count": 1,
        "Actions": [action],
    }
    push_event(state, appid, "add_express_path", fields, openid=openid_of(state, appid, person))


def take_out(state: State, mchid: str, fen: int) -> None:
    """The merchant has withdrawn `fen` to its bank."""
    merchant = find_merchant(state, mchid)
    if merchant is None or merchant.balance_fen < fen:
        raise ControlError("balance_short", f"merchant {mchid!r} has less than {fen} fen")
    if fen:
        kind = money.FlowKind.WITHDRAWAL
        money.move(state, mchid, -fen, kind=kind, business_no=f"withdrawal-{state.turn}", voucher="")
