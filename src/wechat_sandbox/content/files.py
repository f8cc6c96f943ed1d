"""What may be uploaded: four kinds of media, each with its formats and its size.

The format is read from the file's first bytes; a file that says nothing there is taken for what its name says.
Source: developers.weixin.qq.com, 新增临时素材, 新增永久素材, 上传图文消息内的图片.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from wechat_sandbox.wire import ApiError, Part, Request, form_parts

KB, MB = 1024, 1_048_576


class MediaKind(StrEnum):
    """图片, 语音, 视频, 缩略图; and a picture that stands inside an article."""

    IMAGE = "image"
    VOICE = "voice"
    VIDEO = "video"
    THUMB = "thumb"
    INLINE = "inline"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The formats of a kind, its most bytes, and the errcode of more."""

    formats: frozenset[str]
    most_bytes: int
    refusal: int


TYPES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "bmp": "image/bmp",
    "amr": "audio/amr",
    "mp3": "audio/mpeg",
    "wav": "audio/x-wav",
    "wma": "audio/x-ms-wma",
    "mp4": "video/mp4",
}
TEMPORARY: Mapping[MediaKind, Allowed] = {
    MediaKind.IMAGE: Allowed(frozenset({"png", "jpg", "gif"}), 10 * MB, 40009),
    MediaKind.VOICE: Allowed(frozenset({"amr", "mp3"}), 2 * MB, 45001),
    MediaKind.VIDEO: Allowed(frozenset({"mp4"}), 10 * MB, 45001),
    MediaKind.THUMB: Allowed(frozenset({"jpg"}), 64 * KB, 45001),
}
PERMANENT: Mapping[MediaKind, Allowed] = {
    **TEMPORARY,
    MediaKind.IMAGE: Allowed(frozenset({"png", "jpg", "gif", "bmp"}), 10 * MB, 40009),
    MediaKind.VOICE: Allowed(frozenset({"amr", "mp3", "wav", "wma"}), 2 * MB, 45001),
}
INLINE = Allowed(frozenset({"png", "jpg"}), 1 * MB, 40009)
BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"#!AMR", "amr"),
    (b"ID3", "mp3"),
    (b"\xff\xfb", "mp3"),
    (b"\xff\xf3", "mp3"),
    (b"RIFF", "wav"),
    (b"\x30\x26\xb2\x75", "wma"),
)


def format_of(part: Part) -> str:
    """`png`, `mp3` and so on by the file's beginning, else by its name."""
    for beginning, name in BEGINNINGS:
        if part.content.startswith(beginning):
            return name
    if part.content[4:8] == b"ftyp":
        return "mp4"
    ending = part.filename.rpartition(".")[2].lower()
    return "jpg" if ending == "jpeg" else ending


def uploaded(request: Request, allowed: Allowed) -> tuple[Part, str]:
    """The form's `media` and its format.

    Raises `ApiError` 41005 (missing), 40006 (empty), 40005 (another format) or the kind's own code (too large).
    """
    part = form_parts(request).get("media")
    if part is None:
        raise ApiError(41005)
    if not part.content:
        raise ApiError(40006)
    form = format_of(part)
    if form not in allowed.formats:
        raise ApiError(40005)
    if len(part.content) > allowed.most_bytes:
        raise ApiError(allowed.refusal)
    return part, form
