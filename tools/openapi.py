"""Write the console's OpenAPI document: `python tools/openapi.py frontend/api/openapi.json`, then `npm run api`.

The document is checked in and so are the types generated from it; tests/web/test_console_api.py sees to it that
both are current.
"""

import json
import sys
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI

from roulian.store import Store
from roulian.web.console import ClockControl, ConsoleDeps, console_router


def document() -> dict[str, Any]:
    """The document of everything under /api/console/; no store is opened for it."""
    nothing = cast("Store", None)
    api = FastAPI(title="Roulian console", version="1")
    api.include_router(console_router(ConsoleDeps(store=nothing, clock=cast("ClockControl", None))))
    return api.openapi()


def text() -> str:
    """The document as it is checked in."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(text(), encoding="utf-8")
