"""The collector's door: batches of what shoppers do, acknowledged once they are durable."""

import msgspec

from roulian.web.storefront.intake import Batch, Given, Intake
from roulian.web.wire import Call, Reply

_decoder = msgspec.json.Decoder(Batch)


async def record(intake: Intake, call: Call) -> Reply:
    """Keep the batch; a repeated signal is not counted again, a phone's wrong clock is set right, a bot is marked."""
    batch = _decoder.decode(call.body)
    accepted = await intake.take(Given(call.token(), batch, call.headers.get("user-agent", "")))
    return Reply.json({"accepted": accepted}, status=202)
