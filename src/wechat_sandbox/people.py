"""What people do on their phones, and what WeChat tells the accounts of it."""

from collections.abc import Mapping
from enum import StrEnum

from wechat_sandbox.accounts import AccountKind, find_account, openid_of, person_of
from wechat_sandbox.consents import grant, withdraw
from wechat_sandbox.express import parcels
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
    """The carrier has moved the parcel one step; event `add_express_path`.

    The whole way so far for a waybill of the logistics assistant, the one step for any other.
    """
    openid = openid_of(state, appid, person)
    made = parcels.Step(action_type, action_msg, state.now_s)
    waybill = parcels.waybill_of_assistant(state, delivery_id=delivery_id, waybill_id=waybill_id)
    if waybill is not None:
        parcels.step_of_assistant(state, waybill, made)
        return
    way = parcels.step(state, made, waybill_id=waybill_id, delivery_id=delivery_id)
    parcels.push_path(
        state, appid, openid, delivery_id=delivery_id, waybill_id=waybill_id, order_id=order_id, way=way[-1:]
    )


def take_out(state: State, mchid: str, fen: int) -> None:
    """The merchant has withdrawn `fen` to its bank."""
    merchant = find_merchant(state, mchid)
    if merchant is None or merchant.balance_fen < fen:
        raise ControlError("balance_short", f"merchant {mchid!r} has less than {fen} fen")
    if fen:
        kind = money.FlowKind.WITHDRAWAL
        money.move(state, mchid, -fen, kind=kind, business_no=f"withdrawal-{state.turn}", voucher="")
