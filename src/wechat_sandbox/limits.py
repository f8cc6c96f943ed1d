"""How often each API may be called, as the files of `quotas/` have it; the counting is in `quotas`."""

import importlib.resources
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Limit:
    """Calls allowed in one second, minute, day or month of China's time, or in a whole life; None: not limited."""

    per_day: int | None = None
    per_minute: int | None = None
    per_month: int | None = None
    in_total: int | None = None
    per_second: int | None = None


def limits() -> dict[str, Limit]:
    """The rows of `quotas/*.toml` by path; a `#` in a path marks a limit inside one API or shared by several."""
    return {
        row["path"]: Limit(
            per_day=row.get("per_day"),
            per_minute=row.get("per_minute"),
            per_month=row.get("per_month"),
            in_total=row.get("in_total"),
            per_second=row.get("per_second"),
        )
        for row in rows()
    }


def rows() -> Iterator[dict[str, Any]]:
    """Every row as its file has it, with its `source`, `date` and `mark`."""
    folder = importlib.resources.files("wechat_sandbox").joinpath("quotas")
    for file in sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name):
        yield from tomllib.loads(file.read_text("utf-8"))["api"]
