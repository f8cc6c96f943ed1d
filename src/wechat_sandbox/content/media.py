"""Media of an account: temporary for three days, permanent until deleted, and pictures inside articles by their URL.

Source: developers.weixin.qq.com, 素材管理.
"""

import sqlite3
from collections.abc import Mapping

import msgspec

from wechat_sandbox.accounts import AccountKind, account
from wechat_sandbox.content.files import INLINE, PERMANENT, TEMPORARY, TYPES, Allowed, MediaKind, uploaded
from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Body, Part, Reply, Request, form_parts, parsed

TEMPORARY_MS = 3 * DAY_MS
URL_HOST = "http://mmbiz.qpic.cn"
MOST_ROWS = 20
FARTHEST = 10**9
ENDINGS = {content_type: form for form, content_type in TYPES.items()}


class MediaId(msgspec.Struct):
    """Body of get_material and del_material."""

    media_id: str = ""


class Batch(msgspec.Struct):
    """Body of batchget_material."""

    type: str = ""
    offset: int = 0
    count: int = 0


class Description(msgspec.Struct):
    """The `description` field of a video."""

    title: str
    introduction: str = ""


def keep(
    state: State,
    appid: str,
    kind: MediaKind,
    part: Part,
    *,
    form: str,
    expires_ms: int | None,
    description: Description | None = None,
) -> tuple[str, str]:
    """The media_id and the URL of a file that is now kept; only pictures have a public URL."""
    media_id = state.draw_text(64)
    has_url = expires_ms is None and kind is not MediaKind.VOICE
    folder = "mmbiz_video" if kind is MediaKind.VIDEO else f"mmbiz_{'png' if form == 'png' else 'jpg'}"
    url = f"{URL_HOST}/{folder}/{state.draw_text(60)}/0" if has_url else ""
    state.run(
        "INSERT INTO media VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        media_id,
        appid,
        kind,
        part.filename or f"{media_id}.{form}",
        TYPES[form],
        part.content,
        description.title if description is not None else "",
        description.introduction if description is not None else "",
        url,
        state.now_ms,
        expires_ms,
    )
    return media_id, url


def find_media(state: State, appid: str, media_id: str) -> sqlite3.Row | None:
    """The account's file, while it lives."""
    return state.one(
        "SELECT * FROM media WHERE media_id = ? AND appid = ? AND (expires_ms IS NULL OR expires_ms > ?)",
        media_id,
        appid,
        state.now_ms,
    )


def _kind(request: Request, allowed: Mapping[MediaKind, Allowed]) -> MediaKind:
    name = request.query.get("type", "")
    if not name:
        name = _form_text(request, "type")
    if name not in allowed:
        raise ApiError(40004)
    return MediaKind(name)


def _form_text(request: Request, name: str) -> str:
    part = form_parts(request).get(name)
    return part.content.decode(errors="replace") if part is not None else ""


def upload(state: State, request: Request) -> Body:
    """POST /cgi-bin/media/upload?type=: a media_id for three days; a mini-program has pictures only (40004)."""
    kind = _kind(request, TEMPORARY)
    if account(state, request.caller).kind is AccountKind.MINI_PROGRAM and kind is not MediaKind.IMAGE:
        raise ApiError(40004)
    part, form = uploaded(request, TEMPORARY[kind])
    media_id, _ = keep(state, request.caller, kind, part, form=form, expires_ms=state.now_ms + TEMPORARY_MS)
    name = "thumb_media_id" if kind is MediaKind.THUMB else "media_id"
    return {"type": kind, name: media_id, "created_at": state.now_s}


def get(state: State, request: Request) -> Body | Reply:
    """GET /cgi-bin/media/get?media_id=: the file itself, of a video its URL; 41006 without an id, 40007 unknown."""
    media_id = request.query.get("media_id", "")
    if not media_id:
        raise ApiError(41006)
    row = find_media(state, request.caller, media_id)
    if row is None:
        raise ApiError(40007)
    if row["kind"] == MediaKind.VIDEO:
        return {"video_url": f"{URL_HOST}/mmbiz_video/{media_id}/0"}
    return _file(row)


def _file(row: sqlite3.Row) -> Reply:
    disposition = f'attachment; filename="{row["media_id"]}.{ENDINGS[row["content_type"]]}"'
    headers = (("content-type", row["content_type"]), ("content-disposition", disposition))
    return Reply(200, row["content"], headers)


def upload_image(state: State, request: Request) -> Body:
    """POST /cgi-bin/media/uploadimg: the URL of a picture that may stand in an article; no material, no limit."""
    part, form = uploaded(request, INLINE)
    _, url = keep(state, request.caller, MediaKind.INLINE, part, form=form, expires_ms=None)
    return {"url": url}


def add_material(state: State, request: Request) -> Body:
    """POST /cgi-bin/material/add_material?type=: a media_id for ever, and a picture's URL; a video needs its title."""
    kind = _kind(request, PERMANENT)
    part, form = uploaded(request, PERMANENT[kind])
    description = _described(request) if kind is MediaKind.VIDEO else None
    media_id, url = keep(state, request.caller, kind, part, form=form, expires_ms=None, description=description)
    if kind in (MediaKind.IMAGE, MediaKind.THUMB):
        return {"media_id": media_id, "url": url, "item": []}
    return {"media_id": media_id, "item": []}


def _described(request: Request) -> Description:
    try:
        return msgspec.json.decode(_form_text(request, "description"), type=Description)
    except msgspec.DecodeError as error:
        raise ApiError(47001) from error


def _material(state: State, request: Request) -> sqlite3.Row:
    row = find_media(state, request.caller, parsed(request, MediaId).media_id)
    if row is None or row["expires_ms"] is not None or row["kind"] == MediaKind.INLINE:
        raise ApiError(40007)
    return row


def get_material(state: State, request: Request) -> Body | Reply:
    """POST /cgi-bin/material/get_material: the file; of a video its title, introduction and URL (40007 unknown)."""
    row = _material(state, request)
    if row["kind"] == MediaKind.VIDEO:
        return {"title": row["title"], "description": row["introduction"], "down_url": row["url"]}
    return _file(row)


def del_material(state: State, request: Request) -> Body:
    """POST /cgi-bin/material/del_material: the material is gone; its URL, if it has one, stays."""
    row = _material(state, request)
    kept = MediaKind.INLINE if row["url"] else ""
    if kept:
        state.run("UPDATE media SET kind = ? WHERE media_id = ?", kept, row["media_id"])
    else:
        state.run("DELETE FROM media WHERE media_id = ?", row["media_id"])
    return {"errcode": 0, "errmsg": "ok"}


def material_count(state: State, request: Request) -> Body:
    """GET /cgi-bin/material/get_materialcount: how many permanent materials of each kind."""
    rows = state.all(
        "SELECT kind, COUNT(*) AS count FROM media WHERE appid = ? AND expires_ms IS NULL GROUP BY kind", request.caller
    )
    counts = {row["kind"]: row["count"] for row in rows}
    images = counts.get(MediaKind.IMAGE, 0) + counts.get(MediaKind.THUMB, 0)
    return {
        "voice_count": counts.get(MediaKind.VOICE, 0),
        "video_count": counts.get(MediaKind.VIDEO, 0),
        "image_count": images,
        "news_count": 0,
    }


def batch_materials(state: State, request: Request) -> Body:
    """POST /cgi-bin/material/batchget_material: permanent materials of one kind, newest first, twenty at most.

    Refuses another kind (40004) and a bad offset or count (40097). `news` is empty: articles are drafts since 2022.
    """
    body = parsed(request, Batch)
    if body.type not in ("image", "voice", "video", "news"):
        raise ApiError(40004)
    if not 0 <= body.offset <= FARTHEST or not 1 <= body.count <= MOST_ROWS:
        raise ApiError(40097)
    kinds = (MediaKind.IMAGE, MediaKind.THUMB) if body.type == "image" else (body.type, body.type)
    where = "appid = ? AND expires_ms IS NULL AND kind IN (?, ?)"
    total = state.value(f"SELECT COUNT(*) FROM media WHERE {where}", request.caller, *kinds)
    rows = state.all(
        f"SELECT * FROM media WHERE {where} ORDER BY created_ms DESC, media_id LIMIT ? OFFSET ?",
        request.caller,
        *kinds,
        body.count,
        body.offset,
    )
    items = [_listed(row) for row in rows]
    return {"total_count": total, "item_count": len(items), "item": items}


def _listed(row: sqlite3.Row) -> dict[str, object]:
    shown = {
        "media_id": row["media_id"],
        "name": row["title"] or row["name"],
        "update_time": row["created_ms"] // 1000,
        "url": row["url"],
    }
    return {**shown, "description": row["introduction"]} if row["kind"] == MediaKind.VIDEO else shown


def serve(state: State, request: Request) -> Reply:
    """GET http://mmbiz.qpic.cn/mmbiz_…/{}/0: the picture or video behind a URL; 404 for none, as for a past one."""
    row = state.one(
        "SELECT * FROM media WHERE (url = ? OR media_id = ?) AND (expires_ms IS NULL OR expires_ms > ?)",
        f"{URL_HOST}{request.path}",
        request.parts[0],
        state.now_ms,
    )
    if row is None:
        return Reply(404, b"", (("content-type", "text/plain"),), "404")
    return Reply(200, row["content"], (("content-type", row["content_type"]),))


UPLOADED = (40004, 40005, 40006, 40009, 41005, 45001)
ROUTES = (
    Route("POST", "/cgi-bin/media/upload", Door.TOKEN, upload, refuses=UPLOADED),
    Route("GET", "/cgi-bin/media/get", Door.TOKEN, get, refuses=(40007, 41006)),
    Route("GET", "/cgi-bin/media/get/jssdk", Door.TOKEN, get, refuses=(40007, 41006)),
    Route("POST", "/cgi-bin/media/uploadimg", Door.TOKEN, upload_image, refuses=(40005, 40006, 40009, 41005)),
    Route("POST", "/cgi-bin/material/add_material", Door.TOKEN, add_material, refuses=(*UPLOADED, 47001)),
    Route("POST", "/cgi-bin/material/get_material", Door.TOKEN, get_material, refuses=(40007,)),
    Route("POST", "/cgi-bin/material/del_material", Door.TOKEN, del_material, refuses=(40007,)),
    Route("GET", "/cgi-bin/material/get_materialcount", Door.TOKEN, material_count),
    Route("POST", "/cgi-bin/material/batchget_material", Door.TOKEN, batch_materials, refuses=(40004, 40097)),
    Route("GET", "/mmbiz_png/{}/0", Door.OPEN, serve),
    Route("GET", "/mmbiz_jpg/{}/0", Door.OPEN, serve),
    Route("GET", "/mmbiz_video/{}/0", Door.OPEN, serve),
)
