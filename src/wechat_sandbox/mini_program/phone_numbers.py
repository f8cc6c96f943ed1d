"""The person's phone number: given by a tap on the button, fetched once with the code of that tap.

The first thousand of an account are free, the others paid (0.03 yuan each since 2023-08-28): counted, never refused.
Source: developers.weixin.qq.com, getPhoneNumber (手机号快速验证组件).
"""

import msgspec

from wechat_sandbox.accounts import openid_of, person_of
from wechat_sandbox.mini_program.sessions import sealed
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Request, parsed

CODE_LIFE_MS = 300_000
FREE_CALLS = 1000
COUNTRY_CODE = "86"


class GetPhoneNumber(msgspec.Struct):
    """Body of getuserphonenumber; `openid` is optional and then must be the person's."""

    code: str = ""
    openid: str = ""


def number_of(state: State, person: str) -> str:
    """The person's number: the one set, or one fixed by the seed and kept from now on."""
    number: str | None = state.value("SELECT number FROM phone_numbers WHERE person = ?", person)
    if number is None:
        number = f"199{int.from_bytes(state.hashed('phone number', person, size=8)) % 10**8:08d}"
        set_number(state, person, number)
    return number


def set_number(state: State, person: str, number: str) -> None:
    """This is the person's number from now on."""
    state.run("INSERT OR REPLACE INTO phone_numbers VALUES (?, ?)", person, number)


def tap_button(state: State, appid: str, person: str) -> Body:
    """What the page's event has after a tap on 允许: a code, and in an old client the sealed number beside it."""
    openid = openid_of(state, appid, person)
    code = state.draw_text(64)
    state.run(
        "INSERT INTO phone_codes (code, appid, person, issued_ms) VALUES (?, ?, ?, ?)",
        code,
        appid,
        person,
        state.now_ms,
    )
    if state.value("SELECT 1 FROM sessions WHERE appid = ? AND openid = ?", appid, openid) is None:
        return {"errMsg": "getPhoneNumber:ok", "code": code}
    return {"errMsg": "getPhoneNumber:ok", "code": code, **sealed(state, appid, openid, _shown(state, person))}


def _shown(state: State, person: str) -> dict[str, str]:
    number = number_of(state, person)
    return {"phoneNumber": number, "purePhoneNumber": number, "countryCode": COUNTRY_CODE}


def get_phone_number(state: State, request: Request) -> Body:
    """POST /wxa/business/getuserphonenumber: the number behind a code, good once and for five minutes (40029)."""
    body = parsed(request, GetPhoneNumber)
    row = state.one("SELECT * FROM phone_codes WHERE code = ? AND appid = ?", body.code, request.caller)
    if row is None or row["is_used"] or state.now_ms >= row["issued_ms"] + CODE_LIFE_MS:
        raise ApiError(40029)
    if body.openid and person_of(state, request.caller, body.openid) != row["person"]:
        raise ApiError(40003)
    state.run("UPDATE phone_codes SET is_used = 1 WHERE code = ?", body.code)
    state.run(
        "INSERT INTO phone_checks VALUES (?, 1) ON CONFLICT DO UPDATE SET asked = asked + 1",
        request.caller,
    )
    watermark = {"timestamp": state.now_s, "appid": request.caller}
    shown = {**_shown(state, row["person"]), "watermark": watermark}
    return {"errcode": 0, "errmsg": "ok", "phone_info": shown}


def calls_made(state: State, appid: str) -> tuple[int, int]:
    """How many free calls are left to the account, and how many it has to pay."""
    asked = int(state.value("SELECT asked FROM phone_checks WHERE appid = ?", appid) or 0)
    return max(0, FREE_CALLS - asked), max(0, asked - FREE_CALLS)


ROUTES = (Route("POST", "/wxa/business/getuserphonenumber", Door.TOKEN, get_phone_number, refuses=(40003, 40029)),)
