"""Ways in from outside: an account's QR codes, a mini-program's codes and links."""

from dataclasses import dataclass
from datetime import timedelta

from roulian.gateways.wechat.line import Answer, Line

SCENE_CHARACTERS = 32
LONGEST_LINK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code that leads to an official account; `url` is what it says, `picture_url` where its picture is."""

    url: str
    picture_url: str


class _Ticket(Answer):
    ticket: str = ""
    url: str = ""


class _Link(Answer):
    url_link: str = ""


class LinksApi:
    """Codes and links. Attribution that must last hangs on a code's scene: links die after thirty days."""

    def __init__(self, line: Line) -> None:
        """Ask over `line`."""
        self._line = line

    async def qr_code(self, appid: str, *, scene: str, lives: timedelta | None) -> QrCode:
        """A code whose scan tells `scene` (64 characters) with the follow event; `lives` None is for ever.

        Refused 40053 (scene), 40052 (kind), 45029 (100,000 lasting codes).
        """
        info = {"scene": {"scene_str": scene}}
        body: dict[str, object] = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": info}
        if lives is not None:
            body |= {"action_name": "QR_STR_SCENE", "expire_seconds": int(lives.total_seconds())}
        answer = await self._line.post(appid, "/cgi-bin/qrcode/create", body, _Ticket, is_repeatable=True)
        return QrCode(answer.url, f"https://mp.weixin.qq.com/cgi-bin/showqrcode?ticket={answer.ticket}")

    async def mini_code(self, appid: str, *, scene: str, page: str) -> bytes:
        """The picture of a code that opens `page` with `scene` (`SCENE_CHARACTERS`). Refused 40169 (too long), 41030 (no such page), 45009."""
        return await self._line.image(appid, "/wxa/getwxacodeunlimit", {"scene": scene, "page": page})

    async def url_link(self, appid: str, *, path: str, query: str, lives_days: int) -> str:
        """A link that opens the mini-program from a text message or a browser; thirty days at most. Refused 85079."""
        body = {
            "path": path,
            "query": query,
            "is_expire": True,
            "expire_type": 1,
            "expire_interval": lives_days,
        }
        return (await self._line.post(appid, "/wxa/generate_urllink", body, _Link, is_repeatable=True)).url_link
