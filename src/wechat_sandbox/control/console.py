"""What an administrator sets in WeChat's console, and what its reviewers decide, beside the accounts themselves."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from wechat_sandbox.accounts import find_account
from wechat_sandbox.mini_program import flags, phone_numbers, safety
from wechat_sandbox.mini_program.cloud import environments, functions
from wechat_sandbox.mini_program.flags import Flag
from wechat_sandbox.mini_program.safety import Suggest
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.tokens import kill_all, set_ip_whitelist
from wechat_sandbox.wire import Body, ControlError, Request, control_parsed


class Whitelist(msgspec.Struct):
    """The addresses that get an account's tokens; none: all."""

    appid: str
    ips: list[str]


class NewFlags(msgspec.Struct):
    """What is not as for a mini-program in good standing."""

    appid: str
    flags: list[Flag]


class Pages(msgspec.Struct):
    """The pages of the published version."""

    appid: str
    pages: list[str]


class TemplateBan(msgspec.Struct):
    """One public template that nobody may choose any more."""

    tid: int


class Word(msgspec.Struct):
    """How texts with this word are judged."""

    word: str
    label: int = 21000
    suggest: Suggest = Suggest.RISKY


class Risk(msgspec.Struct):
    """A person's risk rank."""

    person: str
    rank: Literal[0, 1, 2, 3, 4]


class CloudEnv(msgspec.Struct):
    """A cloud environment that a mini-program has bound."""

    appid: str
    env: str


class CloudFunction(msgspec.Struct):
    """A cloud function and what it answers."""

    env: str
    name: str
    answer: str


class Password(msgspec.Struct):
    """The account whose password was changed."""

    appid: str


def _check_known(state: State, appid: str) -> None:
    if find_account(state, appid) is None:
        raise ControlError("unknown_account", f"there is no account {appid!r}")


def ip_whitelist(state: State, request: Request) -> Body:
    """POST /_sandbox/accounts/ip_whitelist: others get 40164 from now on."""
    body = control_parsed(request, Whitelist)
    _check_known(state, body.appid)
    set_ip_whitelist(state, body.appid, tuple(body.ips))
    return {"ok": True}


def set_flags(state: State, request: Request) -> Body:
    """POST /_sandbox/accounts/flags: these stand from now on, and no others."""
    body = control_parsed(request, NewFlags)
    _check_known(state, body.appid)
    flags.set_flags(state, body.appid, tuple(body.flags))
    return {"ok": True}


def set_pages(state: State, request: Request) -> Body:
    """POST /_sandbox/accounts/pages: links and codes lead to these only."""
    body = control_parsed(request, Pages)
    _check_known(state, body.appid)
    flags.set_pages(state, body.appid, tuple(body.pages))
    return {"ok": True}


def ban_template(state: State, request: Request) -> Body:
    """POST /_sandbox/templates/ban: choosing this public template is 200013."""
    tid = control_parsed(request, TemplateBan).tid
    state.run("INSERT OR IGNORE INTO banned_templates VALUES (?)", tid)
    return {"ok": True}


def judge_word(state: State, request: Request) -> Body:
    """POST /_sandbox/judged_words: content security judges so from now on."""
    body = control_parsed(request, Word)
    safety.judge_word(state, body.word, label=body.label, suggest=body.suggest)
    return {"ok": True}


def set_risk(state: State, request: Request) -> Body:
    """POST /_sandbox/persons/risk: 0 none to 4; who has 4 cannot log in (40226)."""
    body = control_parsed(request, Risk)
    state.run("INSERT OR REPLACE INTO risk_ranks VALUES (?, ?)", body.person, body.rank)
    return {"ok": True}


def change_password(state: State, request: Request) -> Body:
    """POST /_sandbox/accounts/change_password: every token of the account is dead and says 42007."""
    appid = control_parsed(request, Password).appid
    _check_known(state, appid)
    kill_all(state, appid, errcode=42007)
    return {"ok": True}


def bind_cloud(state: State, request: Request) -> Body:
    """POST /_sandbox/cloud/environments: the environment is the mini-program's."""
    body = control_parsed(request, CloudEnv)
    _check_known(state, body.appid)
    environments.bind(state, body.appid, body.env)
    return {"ok": True}


def add_function(state: State, request: Request) -> Body:
    """POST /_sandbox/cloud/functions: the function answers this text from now on."""
    body = control_parsed(request, CloudFunction)
    functions.register(state, body.env, body.name, body.answer)
    return {"ok": True}


def phone_number_calls(state: State, request: Request) -> Mapping[str, int]:
    """GET /_sandbox/phone_number_calls?appid=: free calls left and calls to be paid."""
    free_left, paid = phone_numbers.calls_made(state, request.query.get("appid", ""))
    return {"free_left": free_left, "paid": paid}


ROUTES = (
    Route("POST", "/_sandbox/accounts/ip_whitelist", Door.CONTROL, ip_whitelist),
    Route("POST", "/_sandbox/accounts/flags", Door.CONTROL, set_flags),
    Route("POST", "/_sandbox/accounts/pages", Door.CONTROL, set_pages),
    Route("POST", "/_sandbox/accounts/change_password", Door.CONTROL, change_password),
    Route("POST", "/_sandbox/templates/ban", Door.CONTROL, ban_template),
    Route("POST", "/_sandbox/judged_words", Door.CONTROL, judge_word),
    Route("POST", "/_sandbox/persons/risk", Door.CONTROL, set_risk),
    Route("POST", "/_sandbox/cloud/environments", Door.CONTROL, bind_cloud),
    Route("POST", "/_sandbox/cloud/functions", Door.CONTROL, add_function),
    Route("GET", "/_sandbox/phone_number_calls", Door.CONTROL, phone_number_calls),
)
