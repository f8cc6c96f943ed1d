"""The one place where a refusal's code becomes an HTTP status, and every error the same JSON body."""

import hashlib
import logging
import traceback
from collections.abc import Mapping

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from roulian.web.wire import NUL, Reply, UnreadableText
from roulian.words import Refusal, Rejected, Unreachable

log = logging.getLogger(__name__)

STATUS: Mapping[str, int] = {
    "bad_carrier": 422,
    "bad_site": 422,
    "bad_waybill": 422,
    "unknown_carrier": 404,
    "unknown_shipment": 404,
    "unknown_site": 404,
    "unknown_waybill": 404,
    "wrong_pick_up_code": 422,
    "pick_up_locked": 429,
    "bad_account": 422,
    "campaign_not_found": 404,
    "bad_address": 422,
    "bad_customer_number": 422,
    "bad_coupon": 422,
    "bad_group_buy": 422,
    "case_not_found": 404,
    "no_such_replacement": 422,
    "coupon_not_found": 404,
    "group_buy_not_found": 404,
    "group_cart": 422,
    "group_not_found": 404,
    "one_discount_only": 422,
    "one_offer_only": 422,
    "unknown_scope": 422,
    "voucher_not_found": 404,
    "voucher_unfit": 422,
    "not_compared": 404,
    "reason_needed": 422,
    "too_many_returned": 422,
    "bad_body": 422,
    "bad_location": 422,
    "no_reason": 422,
    "nothing_delivered": 422,
    "unknown_location": 404,
    "unknown_purchase": 404,
    "unknown_work": 404,
    "bad_login": 422,
    "bad_phone": 422,
    "bad_entry": 422,
    "bad_quantity": 422,
    "body_too_large": 413,
    "cart_empty": 422,
    "disk_full": 507,
    "locked_out": 429,
    "may_not": 403,
    "not_logged_in": 401,
    "scope_too_wide": 403,
    "unknown_address": 404,
    "unknown_key": 404,
    "unknown_member": 404,
    "unknown_staff": 404,
    "weak_password": 422,
    "wrong_login": 401,
    "no_consent": 403,
    "no_such_combination": 422,
    "not_signed_in": 401,
    "bad_partner_key": 401,
    "order_not_found": 404,
    "product_not_found": 404,
    "quantity_rule": 422,
    "unknown_account": 404,
    "bad_design": 422,
    "bad_lettering": 422,
    "choice_missing": 422,
    "choices_conflict": 422,
    "measure_out_of_range": 422,
    "not_tailored": 404,
    "request_not_found": 404,
    "text_refused": 422,
    "unknown_choice": 422,
    "unknown_sku": 404,
    "file_too_large": 413,
    "missing_offer_columns": 422,
    "not_found": 404,
    "not_a_table": 422,
    "unknown_encoding": 422,
    "unknown_format": 422,
    "too_often": 429,
    "too_many_requests": 429,
    "unreadable_text": 422,
    "bad_cursor": 422,
    "bad_webhook_url": 422,
    "delivery_not_found": 404,
    "idempotency_key_needed": 400,
    "idempotency_key_reused": 422,
    "method_not_allowed": 405,
    "no_api_key": 401,
    "scope_needed": 403,
    "unknown_event_kind": 422,
    "version_needed": 428,
    "webhook_not_found": 404,
}
CONFLICT = 409
TRACE_LETTERS = 12


class NotFound(Refusal):
    """Nothing stands under that address."""

    code = "not_found"
    zh = "没有找到。请从列表重新打开。"
    en = "Not found. Open it again from its list."


class MethodNotAllowed(Refusal):
    """The address is right, the method is not."""

    code = "method_not_allowed"
    zh = "这个地址不支持该方法,请对照接口文档。"
    en = "This address does not take that method. See the document of this API."


class BodyTooLarge(Refusal):
    """The request body is larger than a door takes."""

    code = "body_too_large"
    zh = "请求太大,请分批提交。"
    en = "The request is too large; send it in batches."


NO_DOOR: Mapping[int, type[Refusal]] = {404: NotFound, 405: MethodNotAllowed, 413: BodyTooLarge}
"""What it means when no door took a request, by HTTP status."""


def error_body(code: str, message: str, *, facts: object = None, trace: str = "") -> bytes:
    """`{"error": {code, message, facts, trace}}` as JSON."""
    return msgspec.json.encode(
        {"error": {"code": code, "message": message, "facts": facts or {}, "trace": trace}},
        enc_hook=str,
    )


def refusal_reply(refusal: Refusal, lang: str) -> Reply:
    """The reply to a refusal: its status (409 unless the table says otherwise), its text in the user's language."""
    status = STATUS.get(refusal.code, CONFLICT)
    return Reply(status, error_body(refusal.code, refusal.text(lang), facts=refusal.facts()))


def outside_reply(error: Unreachable | Rejected, lang: str) -> Reply:
    """The reply when WeChat is silent or says no to us: 502, with WeChat's own trace if it gave one."""
    log.warning("the outside failed: %s", error)
    zh, en = "微信暂时没有答复,请稍后重试。", "WeChat did not answer. Please try again shortly."
    trace = error.trace if isinstance(error, Rejected) else ""
    return Reply(502, error_body("outside_failed", en if lang == "en" else zh, trace=trace))


def bug_reply(error: Exception, lang: str) -> Reply:
    """The reply to what should never happen: 500, logged whole, under a trace that the same fault always has."""
    told = "".join(traceback.format_exception(error))
    trace = hashlib.sha256(told.encode()).hexdigest()[:TRACE_LETTERS]
    log.error("fault %s\n%s", trace, told)
    zh = f"系统出错了,这一步没有保存。请把编号 {trace} 告诉我们。"
    en = f"Something broke and this step was not saved. Please tell us the number {trace}."
    return Reply(500, error_body("fault", en if lang == "en" else zh, trace=trace))


def unreadable_reply(why: str, lang: str) -> Reply:
    """The reply to a body or query that is not what the door's document says: 422, naming the field."""
    message = f"The request is not valid: {why}" if lang == "en" else f"请求内容有误:{why}"
    return Reply(422, error_body("bad_body", message))


def language(accepted: str) -> str:
    """`zh` unless this `Accept-Language` asks for English first."""
    return "en" if accepted.startswith("en") else "zh"


async def readable(request: Request) -> None:
    """Every text of the request's JSON is text. Raises `UnreadableText`."""
    if request.headers.get("content-type", "").startswith("application/json") and NUL in await request.body():
        raise UnreadableText


def _lang(request: Request) -> str:
    return language(request.headers.get("accept-language", ""))


def _response(reply: Reply) -> Response:
    return Response(reply.body, reply.status, media_type=reply.media_type)


def install(app: FastAPI) -> None:
    """Answer every no and every fault with the house's error body on every FastAPI route."""

    async def refused(request: Request, error: Exception) -> Response:
        assert isinstance(error, Refusal)
        return _response(refusal_reply(error, _lang(request)))

    async def unreadable(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        why = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in error.errors())
        return _response(unreadable_reply(why, _lang(request)))

    async def broken(request: Request, error: Exception) -> Response:
        return _response(bug_reply(error, _lang(request)))

    async def outside(request: Request, error: Exception) -> Response:
        assert isinstance(error, Unreachable | Rejected)
        return _response(outside_reply(error, _lang(request)))

    async def no_door(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        refusal = NO_DOOR.get(error.status_code)
        if refusal is None:
            return Response(error_body("bad_body", str(error.detail)), error.status_code, media_type="application/json")
        response = _response(refusal_reply(refusal(), _lang(request)))
        response.headers.update(error.headers or {})
        return response

    app.add_exception_handler(HTTPException, no_door)
    app.add_exception_handler(Refusal, refused)
    app.add_exception_handler(Unreachable, outside)
    app.add_exception_handler(Rejected, outside)
    app.add_exception_handler(RequestValidationError, unreadable)
    app.add_exception_handler(Exception, broken)
