"""What people write, judged by WeChat before others see it."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import msgspec

from roulian.gateways.wechat.line import Answer, Line

TEXT_CHARACTERS = 2_500


class Advice(StrEnum):
    """What WeChat advises."""

    PASS = "pass"  # noqa: S105 - WeChat's word for "let it pass"
    REVIEW = "review"
    RISKY = "risky"


class TextScene(IntEnum):
    """Where a text is to appear."""

    PROFILE = 1
    COMMENT = 2
    FORUM = 3
    SOCIAL_LOG = 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """WeChat's judgement; `label` 100 is normal, 10001 advertising, 20001 politics, … 21000 other."""

    advice: Advice
    label: int


class _Result(msgspec.Struct):
    suggest: Advice = Advice.REVIEW
    label: int = 0


class _Checked(Answer):
    result: _Result = msgspec.field(default_factory=_Result)


class SafetyApi:
    """Content security of a mini-program."""

    def __init__(self, line: Line) -> None:
        """Ask over `line`."""
        self._line = line

    async def check_text(self, appid: str, *, openid: str, text: str, scene: TextScene) -> Verdict:
        """What WeChat thinks of a text its writer wants to publish. Refused 61010 (not seen within two hours), 40003."""
        body = {"version": 2, "openid": openid, "scene": scene.value, "content": text}
        result = (await self._line.post(appid, "/wxa/msg_sec_check", body, _Checked, is_repeatable=True)).result
        return Verdict(result.suggest, result.label)
