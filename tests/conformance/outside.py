"""Why the sandbox leaves an API out, path by path (`outside.toml`). What has no reason there is a gap, and a test says so."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

_FILE = Path(__file__).with_suffix(".toml")
LEFT_OUT: Mapping[str, str] = {
    path: group["why"] for group in tomllib.loads(_FILE.read_text("utf-8"))["left_out"] for path in group["paths"]
}


def named(path: str) -> str:
    """The path as `outside.toml` writes it; raises `LookupError` when nobody has said why it is not served."""
    if path in LEFT_OUT:
        return path
    segments = path.split("/")
    for known in LEFT_OUT:
        shape = known.split("/")
        if len(shape) == len(segments) and all(
            part in ("{}", segment) for part, segment in zip(shape, segments, strict=True)
        ):
            return known
    raise LookupError(f"nobody has said why {path} is not served: serve it, or give the reason in {_FILE.name}")


def reason(path: str) -> str:
    """Why this path is not served; raises `LookupError` when nobody has said why."""
    return LEFT_OUT[named(path)]
