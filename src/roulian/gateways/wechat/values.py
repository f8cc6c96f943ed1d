"""What WeChat's answers are, once read."""

from dataclasses import dataclass, field

from roulian.words.time import Day


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """What an account needs to speak with WeChat. Secrets: never shown, never logged.

    `callback_token` and `callback_aes_key` (43 characters) are those of the account's message settings.
    """

    appid: str
    secret: str = field(repr=False)
    callback_token: str = field(default="", repr=False)
    callback_aes_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CodeSession:
    """Who opened the mini-program. `unionid` is None unless the accounts hang on one open-platform account."""

    openid: str
    unionid: str | None
    session_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ArticleRead:
    """One article on one day: different people, not views. `is_final` is false while WeChat still counts the day."""

    appid: str
    msgid: str
    ref_day: Day
    readers: int
    sharers: int
    is_final: bool
