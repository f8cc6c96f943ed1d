"""Write the OpenAPI documents of the console and of the open API: `python tools/openapi.py`, then `npm run api`.

With a path, the console's alone is written there. The documents are checked in and so are the types generated from
them; tests/web/test_console_api.py and test_open_api.py see to it that all are current.
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI

from roulian.store import KeyRing, Store
from roulian.web.console import ClockControl, ConsoleDeps, console_router
from roulian.web.v1 import V1Deps, v1_app

API = Path(__file__).resolve().parents[1] / "frontend" / "api"


def document() -> dict[str, Any]:
    """The document of everything under /api/console/; no store is opened for it."""
    nothing = cast("Store", None)
    api = FastAPI(title="Roulian console", version="1")
    api.include_router(console_router(ConsoleDeps(store=nothing, clock=cast("ClockControl", None))))
    return api.openapi()


def open_api() -> dict[str, Any]:
    """The document of everything under /v1; no store is opened for it."""
    deps = V1Deps(store=cast("Store", None), ring=cast("KeyRing", None), chance=lambda _: 0)
    return v1_app(deps).openapi()


def text(told: dict[str, Any] | None = None) -> str:
    """A document as it is checked in; without one, the console's."""
    return json.dumps(document() if told is None else told, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    console = Path(sys.argv[1]) if sys.argv[1:] else API / "openapi.json"
    console.write_text(text(), encoding="utf-8")
    if not sys.argv[1:]:
        (API / "v1.json").write_text(text(open_api()), encoding="utf-8")
