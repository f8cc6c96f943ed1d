"""The console's built page: hashed files may be kept for ever, every address that no API has opens the page itself."""

from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.staticfiles import StaticFiles

_DOORS = ("api/", "wechat/", "sim/")
"""Addresses of programs: what none of their doors took does not exist, and must not look as if it did."""

_NOT_BUILT = """<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>柔链</title>
<body style="font:16px/1.7 system-ui;max-width:36em;margin:12vh auto;padding:0 1em">
<h1>控制台还没有构建</h1><p>在项目目录运行 <code>make console</code>,然后刷新本页。</p>
<p lang="en">The console is not built yet: run <code>make console</code>, then reload.</p></body></html>"""

Scope = MutableMapping[str, Any]
Asgi = Callable[[Scope, Callable[[], Awaitable[Scope]], Callable[[Scope], Awaitable[None]]], Awaitable[None]]


class _Page(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as missing:
            if missing.status_code != HTTPStatus.NOT_FOUND or not _is_of_page(path):
                raise
            response = await super().get_response("index.html", scope)
        is_hashed = path.startswith("assets/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
        response.headers["Content-Security-Policy"] = (
            "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'"
        )
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _is_of_page(path: str) -> bool:
    return not path.startswith(_DOORS) and "." not in path.rsplit("/", 1)[-1]


def console_page(dist: Path) -> Asgi:
    """An ASGI application serving the built page in `dist`; before the build, a page that says how to build it."""
    if not (dist / "index.html").is_file():
        return HTMLResponse(_NOT_BUILT, 503)
    return _Page(directory=dist, html=True)
