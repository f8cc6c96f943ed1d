"""The collector's door: batches of what shoppers do, acknowledged once they are durable."""

import msgspec

from roulian.web.storefront.intake import Batch, Given, Intake
from roulian.web.wire import Call, Reply
from roulian.words import Refusal

NUL = b"\\u0000"

_decoder = msgspec.json.Decoder(Batch)


class UnreadableText(Refusal):
    """A text with a character that no text has."""

    code = "unreadable_text"
    zh = "内容含有空字符,无法保存;请去掉后重发。"
    en = "A text holds a NUL character. Remove it and send the batch again."


async def record(intake: Intake, call: Call) -> Reply:
    """Keep the batch; a repeated signal is not counted again, a phone's wrong clock is set right, a bot is marked."""
    batch = _decoder.decode(call.body)
    if NUL in call.body:
        raise UnreadableText
    accepted = await intake.take(Given(call.token(), batch, call.headers.get("user-agent", "")))
    return Reply.json({"accepted": accepted}, status=202)
