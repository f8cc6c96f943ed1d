"""The names of headers as WeChat writes them: `Wechatpay-Timestamp`, `Request-ID`.

HTTP does not care and ASGI wants small letters, which uvicorn then writes. But wechatpay-java, the official client,
keeps an answer's headers in a plain map and finds only names written so.
"""

from wechat_sandbox.app import Application, Message, Receive, SendMessage

WRITTEN = (
    b"Content-Type",
    b"Content-disposition",
    b"Request-ID",
    b"Wechatpay-Nonce",
    b"Wechatpay-Serial",
    b"Wechatpay-Signature",
    b"Wechatpay-Signature-Type",
    b"Wechatpay-Timestamp",
)


class _Name(bytes):
    """A header's name that stays as it is written when a server would write it small."""

    __slots__ = ()

    def lower(self) -> "_Name":
        return self


NAMES = {name.lower(): _Name(name) for name in WRITTEN}


def as_written(application: Application) -> Application:
    """The application behind a server on the wire, with WeChat's spelling of its headers' names."""

    async def spelled(scope: Message, receive: Receive, send: SendMessage) -> None:
        async def send_spelled(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [(NAMES.get(name.lower(), name), value) for name, value in message["headers"]]
            await send(message)

        await application(scope, receive, send_spelled)

    return spelled
