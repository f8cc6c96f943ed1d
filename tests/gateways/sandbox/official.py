"""Calls and people around one service account, for the tests of official accounts."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from gateways.sandbox.driving import SERVICE, Driver

PERSONAL, PAPER = "wxpersonal000001", "wxsubscription01"
"""An account that is not verified, and a verified subscription account (公众号)."""
FILES = {"image": b"\x89PNG cup", "voice": b"ID3 hello", "video": b"\0\0\0\x18ftypmp42", "thumb": b"\xff\xd8\xff cup"}
"""Files of each kind, as far as their first bytes tell."""


def get(driver: Driver, path: str, appid: str = SERVICE, /, **query: Any) -> Any:
    return driver.send("GET", f"{path}?{urlencode({**query, 'access_token': driver.stable_token(appid)})}").json


def post(driver: Driver, path: str, appid: str = SERVICE, /, **body: Any) -> Any:
    return driver.api(path, appid, **body)


def code(answer: Mapping[str, Any]) -> int:
    """The errcode of an answer, 0 when there is none; every refusal carries its rid."""
    errcode: int = answer.get("errcode", 0)
    assert errcode == 0 or " rid: " in answer["errmsg"]
    return errcode


def a_follower(driver: Driver, person: str = "p1", appid: str = SERVICE, **how: Any) -> str:
    openid: str = driver.control("follow", person=person, appid=appid, **how)["openid"]
    return openid


def followers(driver: Driver, count: int, appid: str = SERVICE) -> list[str]:
    people = driver.control("persons", count=count)["persons"]
    return [a_follower(driver, person, appid) for person in people]


def a_personal_account(driver: Driver) -> str:
    driver.control("accounts", appid=PERSONAL, kind="subscription", is_verified=False)
    return PERSONAL


def a_subscription_account(driver: Driver) -> str:
    driver.control("accounts", appid=PAPER, kind="subscription", callback_url="https://shop.test/paper")
    return PAPER


def a_media(driver: Driver, kind: str = "image", appid: str = SERVICE) -> str:
    """The media_id of an uploaded picture, voice or video, good for three days."""
    return uploaded(driver, "/cgi-bin/media/upload", appid, kind=kind)


def uploaded(driver: Driver, path: str, appid: str = SERVICE, *, kind: str = "image") -> str:
    edge = "sandboxedge"
    named = f'--{edge}\r\nContent-Disposition: form-data; name="media"; filename="cup"\r\n'
    head = f"{named}Content-Type: application/octet-stream\r\n\r\n"
    body = head.encode() + FILES[kind] + f"\r\n--{edge}--\r\n".encode()
    target = f"{path}?type={kind}&access_token={driver.stable_token(appid)}"
    reply = driver.send("POST", target, body, {"Content-Type": f"multipart/form-data; boundary={edge}"})
    media_id: str = reply.json["thumb_media_id" if kind == "thumb" else "media_id"]
    return media_id


def a_draft(driver: Driver, appid: str = SERVICE, *, title: str = "春季预售", articles: int = 1) -> str:
    cover = uploaded(driver, "/cgi-bin/material/add_material", appid)
    article = {"title": title, "content": "<p>手作陶杯</p>", "thumb_media_id": cover}
    media_id: str = post(driver, "/cgi-bin/draft/add", appid, articles=[article] * articles)["media_id"]
    return media_id


def phone(driver: Driver, person: str = "p1", **query: Any) -> list[Mapping[str, Any]]:
    """What the person received, oldest first."""
    messages: list[Mapping[str, Any]] = driver.look("messages", person=person, **query)["messages"]
    return messages


def pushed(driver: Driver, subject: str, owner: str = SERVICE) -> list[Mapping[str, Any]]:
    """The contents of what was pushed under this name, oldest first."""
    return [push["content"] for push in driver.look("callbacks", owner=owner, subject=subject)["callbacks"]]
