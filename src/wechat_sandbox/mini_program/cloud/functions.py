"""Cloud functions and short messages.

A function is a name and the answer given for it through the control API: the sandbox runs no code.
A short message appears on the phone of the person whose number is known (it was set, or a mini-program got it).
Source: developers.weixin.qq.com, invokeCloudFunction, sendSmsV2.
"""

import re

import msgspec

from wechat_sandbox.mini_program.cloud.environments import REFUSED, check_env
from wechat_sandbox.phone import deliver
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

MOST_NUMBERS = 1000
NUMBER = re.compile(r"(?:\+86)?(1\d{10})")


class Event(msgspec.Struct):
    """The event a function is called with: any JSON object, which a canned answer does not look at."""


class Sms(msgspec.Struct):
    """Body of sendsmsv2."""

    env: str = ""
    template_id: str = ""
    template_param_list: list[str] = []
    phone_number_list: list[str] = []
    url_link: str = ""


def register(state: State, env: str, name: str, answer: str) -> None:
    """The function answers this text from now on."""
    state.run("INSERT OR REPLACE INTO cloud_functions VALUES (?, ?, ?)", env, name, answer)


def invoke(state: State, request: Request) -> Body:
    """POST /tcb/invokecloudfunction: the function's answer as text (-501000 for an unknown one, 47001 for no JSON)."""
    env = request.query.get("env", "")
    check_env(state, request.caller, env)
    if request.body:
        parsed(request, Event)
    name = request.query.get("name", "")
    answer = state.value("SELECT answer FROM cloud_functions WHERE env = ? AND name = ?", env, name)
    if answer is None:
        raise ApiError(-501000, f"FunctionName {name} could not be found")
    return {"errcode": 0, "errmsg": "ok", "resp_data": answer}


def send_sms(state: State, request: Request) -> Body:
    """POST /tcb/sendsmsv2: one short message to each number, a thousand at most (40097)."""
    body = parsed(request, Sms)
    check_env(state, request.caller, body.env)
    if not body.template_id or not 1 <= len(body.phone_number_list) <= MOST_NUMBERS:
        raise ApiError(40097)
    statuses = [_sent(state, request.caller, body, number) for number in body.phone_number_list]
    return {"errcode": 0, "errmsg": "ok", "send_status_list": statuses}


def _sent(state: State, appid: str, body: Sms, number: str) -> Body:
    shown = {"serial_no": "", "phone_number": number, "iso_code": "CN"}
    match = NUMBER.fullmatch(number)
    if match is None:
        return {**shown, "code": "InvalidParameterValue.IncorrectPhoneNumber", "message": "incorrect phone number"}
    person = state.value("SELECT person FROM phone_numbers WHERE number = ?", match.group(1))
    if person is not None:
        content = {"template_id": body.template_id, "params": body.template_param_list, "url_link": body.url_link}
        deliver(state, appid=appid, openid="", person=person, kind="sms", content=content)
    return {**shown, "serial_no": f"2640:{state.serial_digits(18)}", "code": "Ok", "message": "send success"}


ROUTES = (
    Route("POST", "/tcb/invokecloudfunction", Door.TOKEN, invoke, refuses=(*REFUSED, -501000, 47001)),
    Route("POST", "/tcb/sendsmsv2", Door.TOKEN, send_sms, refuses=(*REFUSED, 40097)),
)
