"""Messages to people: subscription messages, service cards, template messages, customer service, mass messages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from roulian.gateways.wechat.line import Answer, Line
from roulian.words.time import Instant

_LOGISTICS_CARD = 2001


@dataclass(frozen=True, slots=True)
class MiniPage:
    """A page of a mini-program that a message opens."""

    appid: str
    path: str


@dataclass(frozen=True, slots=True)
class MassSent:
    """A mass message on its way; `data_id` names it in the statistics."""

    message_id: str
    data_id: str


class _Worth(msgspec.Struct):
    value: str


class _Subscribe(msgspec.Struct):
    touser: str
    template_id: str
    page: str
    data: dict[str, _Worth]
    miniprogram_state: str = "formal"
    lang: str = "zh_CN"


class _Page(msgspec.Struct):
    appid: str
    pagepath: str


class _Template(msgspec.Struct, omit_defaults=True):
    touser: str
    template_id: str
    data: dict[str, _Worth]
    url: str = ""
    miniprogram: _Page | None = None
    client_msg_id: str = ""


class _Sent(Answer):
    msgid: int = 0


class _Card(msgspec.Struct):
    openid: str
    notify_type: int
    notify_code: str
    content_json: str
    check_json: str


class _CardCheck(msgspec.Struct):
    pay_amount: int
    pay_time: int


class _Massed(Answer):
    msg_id: int = 0
    msg_data_id: int = 0


class _MassStatus(Answer):
    msg_status: str = ""


class MessagesApi:
    """Sending. What may have arrived is never sent again: a lost answer is `Unreachable` with `lost`."""

    def __init__(self, line: Line) -> None:
        """Send over `line`."""
        self._line = line

    async def send_subscribe(
        self, appid: str, *, openid: str, template: str, page: str, values: Mapping[str, str]
    ) -> str:
        """The id of the subscription message sent; one consent is spent. Refused 43101 (none left), 47003, 40037."""
        body = _Subscribe(touser=openid, template_id=template, page=page, data=_data(values))
        path = "/cgi-bin/message/subscribe/send"
        return str((await self._line.post(appid, path, body, _Sent, is_repeatable=False)).msgid)

    async def set_user_notify(
        self,
        appid: str,
        *,
        openid: str,
        pay_no: str,
        status: int,
        content: Mapping[str, str],
        pay_fen: int,
        paid_at: Instant,
    ) -> None:
        """The service card of the payment `pay_no` (transaction id) shows `status`. Refused 85448 (shown already)."""
        check = _CardCheck(pay_amount=pay_fen, pay_time=paid_at.ms // 1000)
        body = _Card(
            openid=openid,
            notify_type=_LOGISTICS_CARD,
            notify_code=pay_no,
            content_json=msgspec.json.encode({"cur_status": status, **content}).decode(),
            check_json=msgspec.json.encode(check).decode(),
        )
        await self._line.post(appid, "/wxa/set_user_notify", body, Answer, is_repeatable=False)

    async def send_template(
        self, appid: str, *, openid: str, template: str, opens: MiniPage | None, values: Mapping[str, str], key: str
    ) -> str:
        """The id of a service account's template message; `key` keeps WeChat from taking the same one twice.

        Refused 43004 (no follower), 40037, 47003, 45009.
        """
        page = None if opens is None else _Page(opens.appid, opens.path)
        body = _Template(touser=openid, template_id=template, data=_data(values), miniprogram=page, client_msg_id=key)
        path = "/cgi-bin/message/template/send"
        return str((await self._line.post(appid, path, body, _Sent, is_repeatable=True)).msgid)

    async def send_bizsubscribe(
        self, appid: str, *, openid: str, template: str, opens: MiniPage | None, values: Mapping[str, str]
    ) -> None:
        """A service account's subscription notice; one consent is spent. Refused 43101, 47003."""
        page = None if opens is None else _Page(opens.appid, opens.path)
        body = _Template(touser=openid, template_id=template, data=_data(values), miniprogram=page)
        await self._line.post(appid, "/cgi-bin/message/subscribe/bizsend", body, Answer, is_repeatable=False)

    async def send_text(self, appid: str, *, openid: str, text: str) -> None:
        """A customer-service text within the person's open window. Refused 45015 (closed), 45047 (used up)."""
        body = {"touser": openid, "msgtype": "text", "text": {"content": text}}
        await self._line.post(appid, "/cgi-bin/message/custom/send", body, Answer, is_repeatable=False)

    async def send_mini_page(self, appid: str, *, openid: str, title: str, opens: MiniPage, thumb: str) -> None:
        """A customer-service card that opens a mini-program; `thumb` is a media id. Refused 45015, 45047, 40007."""
        card = {"title": title, "appid": opens.appid, "pagepath": opens.path, "thumb_media_id": thumb}
        body = {"touser": openid, "msgtype": "miniprogrampage", "miniprogrampage": card}
        await self._line.post(appid, "/cgi-bin/message/custom/send", body, Answer, is_repeatable=False)

    async def mass_by_tag(self, appid: str, *, draft: str, tag: int | None, key: str) -> MassSent:
        """The article of a draft goes to everyone with `tag`, or to everyone.

        Refused 45065 when this `key` was sent before (so a lost answer may be asked again), 45028 (no slot left), 40007.
        """
        whom = {"is_to_all": True} if tag is None else {"is_to_all": False, "tag_id": tag}
        body = {"filter": whom, **_article(draft, key)}
        answer = await self._line.post(appid, "/cgi-bin/message/mass/sendall", body, _Massed, is_repeatable=True)
        return MassSent(str(answer.msg_id), str(answer.msg_data_id))

    async def mass_to(self, appid: str, *, draft: str, openids: Sequence[str], key: str) -> MassSent:
        """The article of a draft goes to these followers, 2 to 10,000 of them. Refused as `mass_by_tag`, 40003."""
        body = {"touser": list(openids), **_article(draft, key)}
        answer = await self._line.post(appid, "/cgi-bin/message/mass/send", body, _Massed, is_repeatable=True)
        return MassSent(str(answer.msg_id), str(answer.msg_data_id))

    async def mass_status(self, appid: str, message_id: str) -> str:
        """WeChat's word for how far a mass message is: SENDING, SEND_SUCCESS, SEND_FAIL, DELETE."""
        body = {"msg_id": message_id}
        answer = await self._line.post(appid, "/cgi-bin/message/mass/get", body, _MassStatus, is_repeatable=True)
        return answer.msg_status


def _data(values: Mapping[str, str]) -> dict[str, _Worth]:
    return {name: _Worth(value) for name, value in values.items()}


def _article(draft: str, key: str) -> dict[str, object]:
    return {"mpnews": {"media_id": draft}, "msgtype": "mpnews", "send_ignore_reprint": 0, "clientmsgid": key}
