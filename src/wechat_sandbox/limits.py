"""How often each API may be called, as the files of `quotas/` have it; the counting is in `quotas`."""

import importlib.resources
import tomllib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """Calls allowed in one day, minute or month of China's time; None: not limited."""

    per_day: int | None = None
    per_minute: int | None = None
    per_month: int | None = None


def limits() -> dict[str, Limit]:
    """The rows of `quotas/*.toml` by path; a `#` in a path marks a limit inside one API."""
    folder = importlib.resources.files("wechat_sandbox").joinpath("quotas")
    files = sorted((file for file in folder.iterdir() if file.name.endswith(".toml")), key=lambda file: file.name)
    return {
        row["path"]: Limit(per_day=row.get("per_day"), per_minute=row.get("per_minute"), per_month=row.get("per_month"))
        for file in files
        for row in tomllib.loads(file.read_text("utf-8"))["api"]
    }
