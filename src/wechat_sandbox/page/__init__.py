"""The sandbox's own page, `/_sandbox/`, and the phone, `/_sandbox/phone`: plain files that use the control API.

No build step: HTML, CSS and ES modules as the browser reads them, type-checked by `npm run check` in `frontend/`.
Every address in them is relative, so that the page works wherever the sandbox is mounted.
"""

import hashlib
import importlib.resources
from http import HTTPStatus

from wechat_sandbox.wire import Reply, Request

PAGES = {"/_sandbox/": "index.html", "/_sandbox/phone": "phone.html"}
FILES = "/_sandbox/page/"
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'"
SAFE = (
    ("content-security-policy", f"{POLICY}; frame-ancestors 'self'; frame-src 'self'; base-uri 'none'"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-cache"),
)


def file_of(request: Request) -> Reply | None:
    """The page's file at this path, 304 when the browser has it, or None where the page has nothing."""
    if request.path == "/_sandbox":
        return Reply(HTTPStatus.PERMANENT_REDIRECT, b"", (("location", "_sandbox/"),))
    name = PAGES.get(request.path)
    if name is None and request.path.startswith(FILES):
        name = request.path.removeprefix(FILES)
    kind = TYPES.get(name.rpartition(".")[2]) if name is not None else None
    if name is None or kind is None:
        return None
    content = _content(name)
    if content is None:
        return None
    etag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = (("content-type", kind), ("etag", etag), *SAFE)
    if request.headers.get("if-none-match") == etag:
        return Reply(HTTPStatus.NOT_MODIFIED, b"", headers)
    return Reply(HTTPStatus.OK, content, headers)


def _content(name: str) -> bytes | None:
    steps = name.split("/")
    if any(not step or step.startswith(".") for step in steps):
        return None
    file = importlib.resources.files("wechat_sandbox.page").joinpath(*steps)
    return file.read_bytes() if file.is_file() else None
