"""Content security: words, pictures and people are judged before others see them.

The judge is a list of words, the sandbox's own and those given through the control API; media are judged by their
URL or file name. The real judge is a model nobody can foresee: these answers have its shape, not its opinions.
Source: developers.weixin.qq.com, msgSecCheck 2.0, mediaCheckAsync 2.0, imgSecCheck, getUserRiskRank.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import msgspec

from wechat_sandbox.accounts import person_of
from wechat_sandbox.mini_program import flags
from wechat_sandbox.mini_program.flags import Flag
from wechat_sandbox.mini_program.visits import was_seen
from wechat_sandbox.pushes import push_event
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.timers import TimerKind, set_timer
from wechat_sandbox.wire import ApiError, Body, Request, form_parts, parsed

SEEN_WITHIN_MS = 7_200_000
MOST_TEXT = 2500
MOST_OLD_TEXT_BYTES = 512_000
MOST_IMAGE_BYTES = 1_048_576
SCENES = range(1, 5)
AUDIO, IMAGE = 1, 2
NORMAL = 100
CERTAIN = 90


class Suggest(StrEnum):
    """What WeChat advises."""

    PASS = "pass"  # noqa: S105 - an advice, not a password
    REVIEW = "review"
    RISKY = "risky"


GRAVITY = (Suggest.PASS, Suggest.REVIEW, Suggest.RISKY)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The advice, its label (100 normal, 10001 advertising, 20002 pornographic, …) and the word that led to it."""

    suggest: Suggest
    label: int
    word: str = ""


DEFAULT_WORDS: Mapping[str, tuple[int, Suggest]] = {
    "赌博": (20006, Suggest.RISKY),
    "色情": (20002, Suggest.RISKY),
    "代开发票": (20008, Suggest.RISKY),
    "加微信领红包": (10001, Suggest.REVIEW),
}


class MsgSecCheck(msgspec.Struct):
    """Body of msg_sec_check; version 1 has the content alone."""

    content: str = ""
    version: int | str = 1
    scene: int = 0
    openid: str = ""
    title: str = ""
    nickname: str = ""
    signature: str = ""


class MediaCheck(msgspec.Struct):
    """Body of media_check_async."""

    media_url: str = ""
    media_type: int = 0
    version: int | str = 1
    scene: int = 0
    openid: str = ""


class RiskRank(msgspec.Struct):
    """Body of getuserriskrank; the device's and the person's marks are not used."""

    appid: str = ""
    openid: str = ""
    scene: int = 0


def judge_word(state: State, word: str, *, label: int, suggest: Suggest) -> None:
    """Texts with this word are judged so from now on."""
    state.run("INSERT OR REPLACE INTO words_judged VALUES (?, ?, ?)", word, label, suggest)


def verdict(state: State, text: str) -> Verdict:
    """The gravest judgement that a word of `text` has."""
    known = {**DEFAULT_WORDS}
    for row in state.all("SELECT * FROM words_judged"):
        known[row["word"]] = (row["label"], Suggest(row["suggest"]))
    found = [Verdict(suggest, label, word) for word, (label, suggest) in known.items() if word in text]
    return max(found, key=lambda one: GRAVITY.index(one.suggest), default=Verdict(Suggest.PASS, NORMAL))


def _check_right(state: State, appid: str) -> None:
    if flags.is_set(state, appid, Flag.NO_CONTENT_CHECKS):
        raise ApiError(43104)


def _check_person(state: State, appid: str, *, openid: str, scene: int, scenes: range) -> None:
    if scene not in scenes:
        raise ApiError(40129)
    if person_of(state, appid, openid) is None:
        raise ApiError(40003)
    if not was_seen(state, appid, openid, within_ms=SEEN_WITHIN_MS):
        raise ApiError(61010)


def msg_sec_check(state: State, request: Request) -> Body:
    """POST /wxa/msg_sec_check: version 2 advises, version 1 refuses (87014).

    Refuses an empty text (44004) or one too long (45002), a wrong scene (40129) or openid (40003), who was not in the
    mini-program for two hours (61010), and an account without the right (43104).
    """
    body = parsed(request, MsgSecCheck)
    _check_right(state, request.caller)
    if not body.content:
        raise ApiError(44004)
    if str(body.version) != "2":
        return _checked_of_old(state, body.content)
    if len(body.content) > MOST_TEXT:
        raise ApiError(45002)
    _check_person(state, request.caller, openid=body.openid, scene=body.scene, scenes=SCENES)
    found = verdict(state, f"{body.content}\n{body.title}\n{body.nickname}\n{body.signature}")
    return {"errcode": 0, "errmsg": "ok", **_result(state, found)}


def _checked_of_old(state: State, content: str) -> Body:
    if len(content.encode()) > MOST_OLD_TEXT_BYTES:
        raise ApiError(45002)
    if verdict(state, content).suggest is Suggest.RISKY:
        raise ApiError(87014)
    return {"errcode": 0, "errmsg": "ok"}


def _result(state: State, found: Verdict) -> dict[str, object]:
    judged = {"strategy": "content_model", "errcode": 0, "suggest": found.suggest, "label": found.label}
    detail: list[dict[str, object]] = [{**judged, "prob": CERTAIN}]
    if found.word:
        detail.append({**judged, "strategy": "keyword", "level": CERTAIN, "keyword": found.word})
    result = {"suggest": found.suggest, "label": found.label}
    return {"result": result, "detail": detail, "trace_id": _trace_id(state)}


def _trace_id(state: State) -> str:
    return "-".join(state.draw(4).hex() for _ in range(3))


def img_sec_check(state: State, request: Request) -> Body:
    """POST /wxa/img_sec_check: a picture of one megabyte at most (40006), refused when it is risky (87014)."""
    _check_right(state, request.caller)
    media = form_parts(request).get("media")
    if media is None:
        raise ApiError(41005)
    if not 0 < len(media.content) <= MOST_IMAGE_BYTES:
        raise ApiError(40006)
    if verdict(state, media.filename).suggest is Suggest.RISKY:
        raise ApiError(87014)
    return {"errcode": 0, "errmsg": "ok"}


def media_check_async(state: State, request: Request) -> Body:
    """POST /wxa/media_check_async: the trace_id of a judgement that comes later, as event `wxa_media_check`.

    Refuses a media type other than sound or picture (40004), no URL (40066), and version 2 as msg_sec_check does.
    """
    body = parsed(request, MediaCheck)
    _check_right(state, request.caller)
    if body.media_type not in (AUDIO, IMAGE):
        raise ApiError(40004)
    if not body.media_url.startswith(("http://", "https://")):
        raise ApiError(40066)
    version = 2 if str(body.version) == "2" else 1
    if version == 2:  # noqa: PLR2004 - the version of the API
        _check_person(state, request.caller, openid=body.openid, scene=body.scene, scenes=SCENES)
    trace_id = _trace_id(state)
    state.run(
        "INSERT INTO media_checks VALUES (?, ?, ?, ?, ?)",
        trace_id,
        request.caller,
        body.openid,
        version,
        body.media_url,
    )
    due_ms = state.now_ms + state.settings.media_check_takes_ms
    set_timer(state, TimerKind.MEDIA_CHECKED, trace_id, at_ms=due_ms)
    return {"errcode": 0, "errmsg": "ok", "trace_id": trace_id}


def finish_media_check(state: State, trace_id: str) -> None:
    """The judgement is made; `wxa_media_check` tells it in the form of the version that was asked."""
    row = state.one("SELECT * FROM media_checks WHERE trace_id = ?", trace_id)
    if row is None:
        return
    found = verdict(state, row["media_url"])
    if row["version"] == 1:
        fields: dict[str, object] = {
            "isrisky": int(found.suggest is Suggest.RISKY),
            "extra_info_json": "",
            "appid": row["appid"],
            "trace_id": trace_id,
            "status_code": 0,
        }
    else:
        result = _result(state, found)
        fields = {**result, "appid": row["appid"], "trace_id": trace_id, "version": 2, "errcode": 0, "errmsg": "ok"}
    push_event(state, row["appid"], "wxa_media_check", fields)


def user_risk_rank(state: State, request: Request) -> Body:
    """POST /wxa/getuserriskrank: 0 (no risk) to 4; only of who was in the mini-program in the last two hours."""
    body = parsed(request, RiskRank)
    _check_right(state, request.caller)
    if body.appid != request.caller:
        raise ApiError(40013)
    _check_person(state, request.caller, openid=body.openid, scene=body.scene, scenes=range(2))
    person = person_of(state, request.caller, body.openid)
    rank = state.value("SELECT rank FROM risk_ranks WHERE person = ?", person)
    return {"errcode": 0, "errmsg": "ok", "risk_rank": int(rank or 0), "unoin_id": int(state.draw_digits(10))}


ROUTES = (
    Route(
        "POST",
        "/wxa/msg_sec_check",
        Door.TOKEN,
        msg_sec_check,
        refuses=(40003, 40129, 43104, 44004, 45002, 61010, 87014),
    ),
    Route("POST", "/wxa/img_sec_check", Door.TOKEN, img_sec_check, refuses=(40006, 41005, 43104, 87014)),
    Route(
        "POST",
        "/wxa/media_check_async",
        Door.TOKEN,
        media_check_async,
        refuses=(40003, 40004, 40066, 40129, 43104, 61010),
    ),
    Route("POST", "/wxa/getuserriskrank", Door.TOKEN, user_risk_rank, refuses=(40003, 40013, 40129, 43104, 61010)),
)
