"""What to do about each errcode: data, so that flows may `match` on it instead of knowing numbers.

Meanings from WeChat's own lists of return codes (developers.weixin.qq.com, 全局返回码); why they are data:
docs/decisions/0008. A code that is not here is a no that will stay a no.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from roulian.words.errors import Rejected


class Reaction(StrEnum):
    """The right answer to a refusal."""

    BACK_OFF = "back_off"
    """WeChat is busy or we are too fast: the same call later."""
    RENEW_TOKEN = "renew_token"  # noqa: S105 - a reaction's name
    """The token is no longer taken: once a new one, once more the call."""
    DROP_RECIPIENT = "drop_recipient"
    """Nobody of that openid can be written to by this account."""
    CLOSE_CONSENT = "close_consent"
    """The person does not allow it, or no longer: the ledger says zero from now on."""
    SWITCH_DOOR = "switch_door"
    """The window is closed or its messages are used up: another door."""
    PAUSE_UNTIL_RESET = "pause_until_reset"
    """The quota is used up until it begins anew."""
    DONE_ALREADY = "done_already"
    """It was done before: nothing more is to do."""
    LOG_IN_AGAIN = "log_in_again"
    """The login code is spent or wrong: the person logs in again."""
    FIX_CONTENT = "fix_content"
    """What was sent can never be taken as it is: a person corrects it."""
    NOT_AUTHORISED = "not_authorised"
    """The account has no right to this API: remembered, not asked again for a day."""
    AUTHORISE_AGAIN = "authorise_again"
    """The account's owner must authorise the platform again."""
    FIX_ACCOUNT = "fix_account"
    """AppID, AppSecret or address list are wrong: nothing of this account works until an operator acts."""
    ACCOUNT_DOWN = "account_down"
    """WeChat froze or limited the account."""
    BIND_OPEN_ACCOUNT = "bind_open_account"
    """The accounts hang on no common open-platform account: there is no unionid."""
    MEND_CALL = "mend_call"
    """We called wrongly: a fault of ours."""
    PERMANENT = "permanent"
    """A no, and the same call would meet it again."""


REACTIONS: Mapping[int, Reaction] = MappingProxyType(
    {
        -1: Reaction.BACK_OFF,
        40001: Reaction.RENEW_TOKEN,
        40003: Reaction.DROP_RECIPIENT,
        40013: Reaction.FIX_ACCOUNT,
        40014: Reaction.RENEW_TOKEN,
        40029: Reaction.LOG_IN_AGAIN,
        40037: Reaction.FIX_CONTENT,
        40125: Reaction.FIX_ACCOUNT,
        40163: Reaction.LOG_IN_AGAIN,
        40164: Reaction.FIX_ACCOUNT,
        41001: Reaction.MEND_CALL,
        41002: Reaction.FIX_ACCOUNT,
        41004: Reaction.FIX_ACCOUNT,
        42001: Reaction.RENEW_TOKEN,
        42007: Reaction.AUTHORISE_AGAIN,
        43001: Reaction.MEND_CALL,
        43002: Reaction.MEND_CALL,
        43004: Reaction.DROP_RECIPIENT,
        43019: Reaction.DROP_RECIPIENT,
        43101: Reaction.CLOSE_CONSENT,
        44002: Reaction.MEND_CALL,
        45009: Reaction.PAUSE_UNTIL_RESET,
        45011: Reaction.BACK_OFF,
        45015: Reaction.SWITCH_DOOR,
        45028: Reaction.PAUSE_UNTIL_RESET,
        45047: Reaction.SWITCH_DOOR,
        45065: Reaction.DONE_ALREADY,
        45166: Reaction.FIX_CONTENT,
        46004: Reaction.DROP_RECIPIENT,
        47001: Reaction.MEND_CALL,
        47003: Reaction.FIX_CONTENT,
        48001: Reaction.NOT_AUTHORISED,
        48004: Reaction.NOT_AUTHORISED,
        50002: Reaction.ACCOUNT_DOWN,
        61003: Reaction.AUTHORISE_AGAIN,
        61004: Reaction.FIX_ACCOUNT,
        61007: Reaction.NOT_AUTHORISED,
        61009: Reaction.AUTHORISE_AGAIN,
        61023: Reaction.AUTHORISE_AGAIN,
        87014: Reaction.FIX_CONTENT,
        89002: Reaction.BIND_OPEN_ACCOUNT,
        89503: Reaction.FIX_ACCOUNT,
        89506: Reaction.FIX_ACCOUNT,
        89507: Reaction.FIX_ACCOUNT,
        9300524: Reaction.DONE_ALREADY,
        10060023: Reaction.DONE_ALREADY,
    }
)


class Refused(Rejected):
    """WeChat said no with an errcode; `trace` is its rid, which WeChat's own log finds the call by."""

    def __init__(self, errcode: int, errmsg: str) -> None:
        """Read `errmsg rid: …` as WeChat writes it."""
        message, _, rid = errmsg.partition(" rid: ")
        super().__init__(str(errcode), message, trace=rid)
        self.errcode = errcode
        self.reaction = REACTIONS.get(errcode, Reaction.PERMANENT)


def reaction_to(error: Rejected) -> Reaction:
    """What to do about a refusal, wherever it came from."""
    return error.reaction if isinstance(error, Refused) else Reaction.PERMANENT
