"""Our own callback address, asked as WeChat asks it: is it reachable from outside, and does it answer rightly?"""

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from roulian.gateways.transport import exchange, opened
from roulian.words.errors import Rejected


async def answer_of(url: str, query: Mapping[str, str], *, transport: httpx.AsyncBaseTransport | None = None) -> str:
    """What `url` answers to WeChat's signed question `query` (`Inbox.question`), which should be its `echostr`.

    Raises `Unreachable`, or `Rejected` `http_…` for an answer that is no success.
    """
    parts = urlsplit(url)
    async with opened(f"{parts.scheme}://{parts.netloc}", transport=transport) as host:
        response = await exchange(host, host.build_request("GET", parts.path, params=query), is_repeatable=True)
    if not response.is_success:
        raise Rejected(f"http_{response.status_code}", response.text[:80])
    return response.text
