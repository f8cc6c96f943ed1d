"""Mini-program codes: an image that a phone scans to open a page.

WeChat draws its round code, whose pattern is not public; here every code is a QR code, as `createwxaqrcode` draws.
Its text is a link of the sandbox: scan it through the control API (`open_link`, by text or by the image itself).
The image is a JPEG and is handed out as a file, which clients tell it from an error by; see-through, it is a PNG.
Source: developers.weixin.qq.com, getQRCode, getUnlimitedQRCode, createQRCode.
"""

import hashlib
import io
import re
from urllib.parse import quote

import msgspec
import segno

from wechat_sandbox.mini_program import flags
from wechat_sandbox.mini_program.flags import Flag
from wechat_sandbox.mini_program.links import LinkKind, keep_link
from wechat_sandbox.pictures import BLACK, qr_jpeg
from wechat_sandbox.quotas import spend
from wechat_sandbox.routing import Door, Route
from wechat_sandbox.state import State
from wechat_sandbox.wire import ApiError, Reply, Request, parsed

MOST_PATH = 1024
MOST_QR_PATH = 128
MOST_SCENE = 32
LEAST_WIDTH_PX, MOST_WIDTH_PX = 280, 1280
SCENE = re.compile(r"[0-9A-Za-z!#$&'()*+,/:;=?@\-._~]+")
PART = re.compile(r"[0-9]{1,3}")
MOST_PART = 255
VERSIONS = ("release", "trial", "develop")
SHARED_TOTAL = "/wxa/getwxacode#total"
PER_MINUTE = "/wxa/getwxacodeunlimit#minute"


class Color(msgspec.Struct):
    """The colour of the lines, each part 0 to 255."""

    r: int | str = 0
    g: int | str = 0
    b: int | str = 0

    def parts(self) -> tuple[int, int, int] | None:
        """The three numbers, or None when one of them is none from 0 to 255."""
        texts = [str(part) for part in (self.r, self.g, self.b)]
        if not all(PART.fullmatch(text) and int(text) <= MOST_PART for text in texts):
            return None
        red, green, blue = map(int, texts)
        return red, green, blue


class Code(msgspec.Struct):
    """What all three bodies have."""

    width: int = 430
    auto_color: bool = False
    line_color: Color = msgspec.field(default_factory=Color)
    is_hyaline: bool = False
    env_version: str = "release"


class PathCode(Code):
    """Body of getwxacode and createwxaqrcode."""

    path: str = ""


class SceneCode(Code):
    """Body of getwxacodeunlimit."""

    scene: str = ""
    page: str = ""
    check_path: bool = True


def path_code(state: State, request: Request) -> Reply:
    """POST /wxa/getwxacode: a code of a page with its parameters; 100 thousand in an account's life (45029)."""
    return _path_code(state, request, most=MOST_PATH)


def qr_code(state: State, request: Request) -> Reply:
    """POST /cgi-bin/wxaapp/createwxaqrcode: the same as a square code; both share the 100 thousand (45029)."""
    return _path_code(state, request, most=MOST_QR_PATH)


def _path_code(state: State, request: Request, *, most: int) -> Reply:
    body = parsed(request, PathCode)
    if not body.path or len(body.path) > most:
        raise ApiError(40159)
    if "scancode_time" in body.path:
        raise ApiError(85096)
    _check_look(body)
    spend(state, request.caller, SHARED_TOTAL)
    path, _, query = body.path.partition("?")
    return _drawn(state, request.caller, body, path=path, query=query)


def scene_code(state: State, request: Request) -> Reply:
    """POST /wxa/getwxacodeunlimit: a code with a scene of at most 32 characters; as many as wanted, 5000 a minute.

    Refuses a scene of wrong characters (40129) or length (40169), a page that is not published (41030), and the
    reserved parameter scancode_time (85096).
    """
    body = parsed(request, SceneCode)
    if not 1 <= len(body.scene) <= MOST_SCENE:
        raise ApiError(40169)
    if not SCENE.fullmatch(body.scene):
        raise ApiError(40129)
    if "scancode_time" in body.scene:
        raise ApiError(85096)
    _check_look(body)
    _check_page(state, request.caller, body)
    try:
        spend(state, request.caller, PER_MINUTE)
    except ApiError as error:
        raise ApiError(45009) from error
    return _drawn(state, request.caller, body, path=body.page, query=f"scene={quote(body.scene, safe='')}")


def _check_look(body: Code) -> None:
    if body.env_version not in VERSIONS or body.line_color.parts() is None:
        raise ApiError(40097)


def _check_page(state: State, appid: str, body: SceneCode) -> None:
    if body.page.startswith("/") or "?" in body.page:
        raise ApiError(41030)
    if not body.check_path:
        return
    if flags.is_set(state, appid, Flag.UNPUBLISHED) or not flags.has_page(state, appid, body.page):
        raise ApiError(41030)


def _drawn(state: State, appid: str, body: Code, *, path: str, query: str) -> Reply:
    text = f"https://mp.weixin.qq.com/a/~{state.draw_text(22)}"
    image = _seen_through(text, body) if body.is_hyaline else _plain(text, body)
    keep_link(
        state,
        LinkKind.CODE,
        text,
        appid=appid,
        path=path,
        query=query,
        env_version=body.env_version,
        expires_ms=None,
        image=hashlib.sha256(image).hexdigest(),
    )
    kind, name = ("image/png", "QRCode.png") if body.is_hyaline else ("image/jpeg", "QRCode.jpg")
    return Reply(200, image, (("content-type", kind), ("content-disposition", f'attachment; filename="{name}"')))


def _width_px(body: Code) -> int:
    return min(max(body.width, LEAST_WIDTH_PX), MOST_WIDTH_PX)


def _plain(text: str, body: Code) -> bytes:
    return qr_jpeg(text, width_px=_width_px(body), dark=body.line_color.parts() or BLACK)


def _seen_through(text: str, body: Code) -> bytes:
    code = segno.make_qr(text, error="m")
    out = io.BytesIO()
    scale = max(1, _width_px(body) // code.symbol_size()[0])
    code.save(out, kind="png", scale=scale, dark=body.line_color.parts(), light=None)
    return out.getvalue()


ROUTES = (
    Route("POST", "/wxa/getwxacode", Door.TOKEN, path_code, refuses=(40097, 40159, 45029, 85096)),
    Route("POST", "/cgi-bin/wxaapp/createwxaqrcode", Door.TOKEN, qr_code, refuses=(40097, 40159, 45029, 85096)),
    Route(
        "POST",
        "/wxa/getwxacodeunlimit",
        Door.TOKEN,
        scene_code,
        refuses=(40097, 40129, 40169, 41030, 45009, 85096),
    ),
)
