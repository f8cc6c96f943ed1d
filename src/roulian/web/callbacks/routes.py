"""The three addresses WeChat calls, and what each message means to the ring."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from roulian import tell
from roulian.flows import checkout, fulfil, hearing, refunds
from roulian.gateways.pay import PaidNotice, Pay, RefundNotice, SignedNotice
from roulian.gateways.wechat import Message, WeChat, act
from roulian.store import Store, Tx
from roulian.web.hot import Handler, Route
from roulian.web.wire import Call, Reply
from roulian.words import Rejected

log = logging.getLogger(__name__)

ACCEPTED = Reply.json({"code": "SUCCESS", "message": ""})
HEARD = Reply(200, b"success", "text/plain")


@dataclass(frozen=True, slots=True)
class CallbackDeps:
    """The store, the two gateways that can tell WeChat's word from a forger's, and what an act of a member earns."""

    store: Store
    wechat: WeChat
    pay: Pay
    limits: tell.Limits


def callback_routes(deps: CallbackDeps) -> Sequence[Route]:
    """The callback routes, bound to their gateways."""
    notify: Handler = partial(pay_notice, deps)
    return (
        Route("POST", "/wechat/pay/notify", notify, summary="WeChat Pay: a transaction or a refund has ended"),
        Route("GET", "/wechat/callback/{appid}", partial(prove_address, deps), summary="WeChat verifies the address"),
        Route("POST", "/wechat/callback/{appid}", partial(message, deps), summary="WeChat: encrypted account messages"),
    )


async def pay_notice(deps: CallbackDeps, call: Call) -> Reply:
    """Verify over the raw bytes, act once, answer 200; anything not provably WeChat's is refused with 401."""
    try:
        notice = await deps.pay.read_notice(call.headers, call.body)
        await deps.store.run(partial(_enter, notice), cause="wechat.pay")
    except Rejected as error:
        log.warning("a pay notice was refused: %s", error)
        return Reply.json({"code": "FAIL", "message": error.code}, status=401)
    return ACCEPTED


def _enter(notice: SignedNotice, tx: Tx) -> None:
    """What the notice says, in one commit with its nonce: a notice is heard only if what it says was kept."""
    if not tx.hear(f"pay:{notice.nonce}", until=notice.forget_at):
        raise Rejected("replayed_nonce")
    match notice.says:
        case PaidNotice() as paid:
            checkout.paid(tx, paid)
        case RefundNotice() as refund:
            refunds.settled(tx, refund)
        case _:
            assert_never(notice.says)


async def prove_address(deps: CallbackDeps, call: Call) -> Reply:
    """Echo WeChat's challenge when its signature is right."""
    try:
        echo = await deps.wechat.inbox.prove_address(call.path["appid"], call.asked())
    except Rejected as error:
        return Reply(403, error.code.encode(), "text/plain")
    return Reply(200, echo.encode(), "text/plain")


async def message(deps: CallbackDeps, call: Call) -> Reply:
    """Decrypt, act once on what concerns the ring, answer `success` within five seconds."""
    appid = call.path["appid"]
    try:
        push = await deps.wechat.inbox.open(appid, call.asked(), call.body)
    except Rejected as error:
        log.warning("a message to %s was refused: %s", appid, error)
        return Reply(403, error.code.encode(), "text/plain")
    meaning = _meaning(deps, push.message)

    def work(tx: Tx) -> None:
        if meaning is not None and tx.hear(push.key, until=push.forget_at):
            meaning(tx, appid, push.message)

    if meaning is not None:
        await deps.store.run(work, cause=f"wechat.{push.message.get('Event') or 'message'}")
    return HEARD


Meaning = Callable[[Tx, str, Message], None]


def _meaning(deps: CallbackDeps, said: Message) -> Meaning | None:
    """What the message sets in motion: an event of the ring, or an act of a person; None for what concerns nobody."""
    known = MEANINGS.get(str(said.get("Event", "")))
    done = act(said)
    if known is not None or done is None:
        return known
    return lambda tx, appid, _: hearing.act(tx, appid, done, limits=deps.limits)


MEANINGS: Mapping[str, Meaning] = {
    "subscribe_msg_popup_event": hearing.consent_taps,
    "subscribe_msg_change_event": hearing.consent_changes,
    "subscribe_msg_sent_event": hearing.delivered,
    "add_express_path": fulfil.track,
    "trade_manage_order_settlement": fulfil.settle,
}
