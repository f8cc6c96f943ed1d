"""WeChat's own part in live rooms: auditing the goods."""

import msgspec

from wechat_sandbox.live.rooms import judge_goods
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import Body, ControlError, Int64, Request, control_parsed


class Judgement(msgspec.Struct):
    """The audit of one product."""

    goods_id: Int64
    is_passed: bool = True


def audit(state: State, request: Request) -> Body:
    """POST /_sandbox/live/audit: the product's audit has passed, or failed."""
    body = control_parsed(request, Judgement)
    if not judge_goods(state, body.goods_id, is_passed=body.is_passed):
        raise ControlError("not_in_review", f"product {body.goods_id} waits for no audit")
    return {"ok": True}


ROUTES = (Route("POST", "/_sandbox/live/audit", Door.CONTROL, audit),)
