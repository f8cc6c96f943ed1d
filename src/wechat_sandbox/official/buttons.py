"""What a menu may hold: three buttons, five under each, and what every kind of button needs.

Source: developers.weixin.qq.com, 自定义菜单创建接口; the errcodes are those of 全局返回码说明.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from wechat_sandbox.wire import ApiError

MOST_BUTTONS = 3
MOST_UNDER_ONE = 5
MOST_NAME_BYTES, MOST_SUB_NAME_BYTES = 16, 60
MOST_KEY_BYTES = 128
MOST_URL_BYTES = 1024
KEYED = frozenset(
    {
        "click",
        "scancode_push",
        "scancode_waitmsg",
        "pic_sysphoto",
        "pic_photo_or_album",
        "pic_weixin",
        "location_select",
    }
)
LINKED = frozenset({"view", "miniprogram"})
MEDIAL = frozenset({"media_id", "view_limited"})
ARTICLES = frozenset({"article_id", "article_view_limited"})
TYPES = KEYED | LINKED | MEDIAL | ARTICLES


class Button(msgspec.Struct, omit_defaults=True):
    """One button; a button with others under it has a name and nothing else."""

    type: str = ""
    name: str = ""
    key: str = ""
    url: str = ""
    media_id: str = ""
    article_id: str = ""
    appid: str = ""
    pagepath: str = ""
    sub_button: list["Button"] = []


def check_buttons(buttons: list[Button]) -> None:
    """The menu can be shown; raises the `ApiError` of the first thing that is wrong with it."""
    if not 1 <= len(buttons) <= MOST_BUTTONS:
        raise ApiError(40016)
    for button in buttons:
        _check_name(button, most_bytes=MOST_NAME_BYTES, errcode=40018)
        if not button.sub_button:
            _check_action(button, key_errcode=40019, url_errcode=40020)
            continue
        if len(button.sub_button) > MOST_UNDER_ONE:
            raise ApiError(40023)
        for below in button.sub_button:
            _check_under(below)


def _check_under(button: Button) -> None:
    if button.sub_button:
        raise ApiError(40022)
    _check_name(button, most_bytes=MOST_SUB_NAME_BYTES, errcode=40025)
    _check_action(button, key_errcode=40026, url_errcode=40027)


def _check_name(button: Button, *, most_bytes: int, errcode: int) -> None:
    if not 1 <= len(button.name.encode()) <= most_bytes:
        raise ApiError(errcode)


def _check_action(button: Button, *, key_errcode: int, url_errcode: int) -> None:
    if button.type not in TYPES:
        raise ApiError(40017)
    if button.type in KEYED and not 1 <= len(button.key.encode()) <= MOST_KEY_BYTES:
        raise ApiError(key_errcode)
    if button.type in LINKED:
        if not 1 <= len(button.url.encode()) <= MOST_URL_BYTES:
            raise ApiError(url_errcode)
        if not button.url.startswith(("http://", "https://")):
            raise ApiError(40055 if url_errcode == 40020 else 40054)  # noqa: PLR2004 - top row, row below
    if button.type == "miniprogram" and not (button.appid and button.pagepath):
        raise ApiError(45064)


def actions(buttons: list[Button]) -> Iterator[Button]:
    """Every button that does something when tapped."""
    for button in buttons:
        if button.sub_button:
            yield from button.sub_button
        else:
            yield button


def shown(button: Button) -> Mapping[str, Any]:
    """A button as menu/get gives it: `sub_button` is always there."""
    fields = msgspec.to_builtins(button)
    return {**fields, "sub_button": [shown(below) for below in button.sub_button]}


def shown_published(button: Button) -> Mapping[str, Any]:
    """A button as get_current_selfmenu_info gives it: what is below it is an object with a list."""
    fields = {name: value for name, value in msgspec.to_builtins(button).items() if name != "sub_button"}
    if not button.sub_button:
        return fields
    return {**fields, "sub_button": {"list": [shown_published(below) for below in button.sub_button]}}
