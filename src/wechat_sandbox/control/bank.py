"""What WeChat Pay and the banks do: end a refund another way, switch a merchant's keys, change certificates, set rules."""

from enum import StrEnum

import msgspec

from wechat_sandbox.pay import keys, refunds
from wechat_sandbox.pay.merchants import find_merchant
from wechat_sandbox.pay.payments import TradeType
from wechat_sandbox.pay.refunds import RefundStatus
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.shipping.orders import note_refunded
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, ControlError, Request, control_parsed


class RefundEnd(msgspec.Struct):
    """How a refund on its way ends now."""

    mchid: str
    out_refund_no: str
    status: RefundStatus


class Card(msgspec.Struct):
    """Whether the person's card still takes money."""

    person: str
    is_dead: bool = True


class SwitchStep(StrEnum):
    """What the merchant clicks in its back office."""

    BEGIN = "begin"
    CANCEL = "cancel"
    FINISH = "finish"


class KeySwitch(msgspec.Struct):
    """One step of a merchant's switch to the public key."""

    mchid: str
    step: SwitchStep


class Rules(msgspec.Struct):
    """Products the merchant has not got, and its most per order (0: none)."""

    mchid: str
    closed_products: list[str] = []
    most_fen: int = 0


def end_refund(state: State, request: Request) -> Body:
    """POST /_sandbox/refunds/end: a refund that is PROCESSING is SUCCESS, ABNORMAL or CLOSED now; the merchant is told."""
    body = control_parsed(request, RefundEnd)
    refund = refunds.refund_by_number(state, body.mchid, body.out_refund_no)
    if refund is None:
        raise ControlError("unknown_refund", f"merchant {body.mchid!r} has no refund {body.out_refund_no!r}")
    if refund.status is not RefundStatus.PROCESSING or body.status is RefundStatus.PROCESSING:
        raise ControlError("refund_ended", f"the refund is {refund.status} and cannot become {body.status}")
    payment = refunds.end_refund(state, refund, body.status)
    if payment is not None:
        note_refunded(state, payment)
    return {"refund_id": refund.refund_id, "status": body.status}


def set_card(state: State, request: Request) -> Body:
    """POST /_sandbox/cards: refunds to this person end ABNORMAL while the card is dead."""
    body = control_parsed(request, Card)
    if state.value("SELECT 1 FROM persons WHERE person = ?", body.person) is None:
        raise ControlError("unknown_person", f"there is no person {body.person!r}")
    if body.is_dead:
        state.run("INSERT OR IGNORE INTO dead_cards VALUES (?)", body.person)
    else:
        state.run("DELETE FROM dead_cards WHERE person = ?", body.person)
    return {"person": body.person, "is_dead": body.is_dead}


def switch_keys(state: State, request: Request) -> Body:
    """POST /_sandbox/merchants/switch: begin, cancel or finish the seven days from certificate to public key."""
    body = control_parsed(request, KeySwitch)
    {SwitchStep.BEGIN: keys.begin_switch, SwitchStep.CANCEL: keys.cancel_switch, SwitchStep.FINISH: keys.finish_switch}[
        body.step
    ](state, body.mchid)
    merchant = find_merchant(state, body.mchid)
    if merchant is None:
        raise LookupError(body.mchid)
    return {"key_mode": merchant.key_mode, "share": keys.switched_share(state, merchant)}


def renew_certificate(state: State, request: Request) -> Body:
    """POST /_sandbox/certificates/renew: a second certificate beside the first; alone in ten days."""
    del request
    renewal = keys.renew_certificate(state)
    serials = [certificate.serial for certificate in keys.certificates_in_force(state)]
    return {"serials": serials, "grows_ms": renewal.grows_ms, "sole_ms": renewal.sole_ms}


def set_rules(state: State, request: Request) -> Body:
    """POST /_sandbox/merchants/rules: what this merchant may not sell through (NO_AUTH), and its most (RULE_LIMIT)."""
    body = control_parsed(request, Rules)
    if find_merchant(state, body.mchid) is None:
        raise ControlError("unknown_merchant", f"there is no merchant {body.mchid!r}")
    unknown = set(body.closed_products) - {kind.name for kind in TradeType}
    if unknown or body.most_fen < 0:
        raise ControlError("bad_rules", f"unknown products {sorted(unknown)} or negative most_fen")
    state.run(
        "INSERT OR REPLACE INTO merchant_rules VALUES (?, ?, ?)",
        body.mchid,
        ",".join(body.closed_products),
        body.most_fen,
    )
    return {"ok": True}


ROUTES = (
    Route("POST", "/_sandbox/refunds/end", Door.CONTROL, end_refund),
    Route("POST", "/_sandbox/cards", Door.CONTROL, set_card),
    Route("POST", "/_sandbox/merchants/switch", Door.CONTROL, switch_keys),
    Route("POST", "/_sandbox/certificates/renew", Door.CONTROL, renew_certificate),
    Route("POST", "/_sandbox/merchants/rules", Door.CONTROL, set_rules),
)
