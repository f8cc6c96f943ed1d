"""What an account speaks with."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """What an account needs to speak with WeChat. Secrets: never shown, never logged.

    `callback_token` and `callback_aes_key` (43 characters) are those of the account's message settings. An account
    that authorised the brand's open platform has a `refresh_token` in place of a `secret`.
    """

    appid: str
    secret: str = field(default="", repr=False)
    callback_token: str = field(default="", repr=False)
    callback_aes_key: str = field(default="", repr=False)
    refresh_token: str = field(default="", repr=False)
