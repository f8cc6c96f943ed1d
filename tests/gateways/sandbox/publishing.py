"""An official account's files and articles, as tests bring them in."""

import json
from typing import Any

from gateways.sandbox.driving import SERVICE, Driver, Reply

FILES = {
    "image": ("cup.png", b"\x89PNG\r\n\x1a\n a cup"),
    "voice": ("cup.mp3", b"ID3 a cup"),
    "video": ("cup.mp4", b"\0\0\0\x18ftypmp42 a cup"),
    "thumb": ("cup.jpg", b"\xff\xd8\xff a cup"),
}


def form(fields: dict[str, tuple[str, bytes]]) -> bytes:
    parts = b""
    for name, (filename, content) in fields.items():
        file = f'; filename="{filename}"' if filename else ""
        parts += f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
    return parts + b"--b--\r\n"


def upload(
    driver: Driver,
    path: str,
    kind: str = "",
    *,
    appid: str = SERVICE,
    file: tuple[str, bytes] | None = None,
    **fields: str,
) -> Any:
    parts = {"media": file or FILES[kind or "image"], **{name: ("", text.encode()) for name, text in fields.items()}}
    target = f"{path}?access_token={driver.stable_token(appid)}{f'&type={kind}' if kind else ''}"
    return driver.send("POST", target, form(parts), {"Content-Type": "multipart/form-data; boundary=b"}).json


def get(driver: Driver, path: str, appid: str = SERVICE, **query: str) -> Reply:
    told = "".join(f"&{name}={value}" for name, value in query.items())
    return driver.send("GET", f"{path}?access_token={driver.stable_token(appid)}{told}")


def post(driver: Driver, path: str, appid: str = SERVICE, **body: Any) -> Reply:
    target = f"{path}?access_token={driver.stable_token(appid)}"
    return driver.send("POST", target, json.dumps(body, ensure_ascii=False).encode())


def cover(driver: Driver, appid: str = SERVICE) -> str:
    media_id: str = upload(driver, "/cgi-bin/material/add_material", "image", appid=appid)["media_id"]
    return media_id


def article(driver: Driver, **changes: Any) -> dict[str, Any]:
    thumb = {} if "thumb_media_id" in changes else {"thumb_media_id": cover(driver)}
    return {"title": "一只陶杯的来历", "content": "<p>…</p>", **thumb, **changes}


def a_draft(driver: Driver, *articles: dict[str, Any]) -> str:
    kept = list(articles) or [article(driver)]
    media_id: str = driver.api("/cgi-bin/draft/add", SERVICE, articles=kept)["media_id"]
    return media_id


def submitted(driver: Driver, media_id: str = "") -> Any:
    return driver.api("/cgi-bin/freepublish/submit", SERVICE, media_id=media_id or a_draft(driver))


def published(driver: Driver, *articles: dict[str, Any]) -> Any:
    """The publication, three seconds after its draft was submitted."""
    publish_id = submitted(driver, a_draft(driver, *articles))["publish_id"]
    driver.pump(after_ms=3_000)
    return driver.api("/cgi-bin/freepublish/get", SERVICE, publish_id=publish_id)
