"""How far this machine's clock is from a host's, told by the Date header of its answer (RFC 9110, section 6.6.1).

WeChat Pay refuses requests signed more than five minutes away from its own time.
"""

from email.utils import parsedate_to_datetime

import httpx

from roulian.gateways.transport import exchange, opened
from roulian.words import Clock, Instant, Unreachable

PAY_URL = "https://api.mch.weixin.qq.com"


async def skew_s(url: str, *, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> float:
    """Seconds by which `clock` runs ahead of the host at `url`; negative when behind, right to about a second.

    Raises `Unreachable`, also where the host does not tell its time.
    """
    async with opened(url, transport=transport) as client:
        answer = await exchange(client, client.build_request("HEAD", "/"), is_repeatable=True)
    now = clock.now()
    try:
        theirs = Instant.of(parsedate_to_datetime(answer.headers["Date"]))
    except (KeyError, ValueError) as silent:
        raise Unreachable(f"{url} does not tell its time") from silent
    return (now.ms - theirs.ms) / 1000
