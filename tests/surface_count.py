"""How much of the sandbox's surface the tests have seen: API × {success, each errcode that it lists}.

Every answer that `gateways.sandbox.driving` gets is noted; the workers hand their notes to the controller, which
fails a run of the whole folder that saw less than the share promised. A plug-in of `tests/conftest.py`.
"""

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from wechat_sandbox.routing import RouteTable

LEAST_SHARE = 0.95
SUCCESS = "0"
FOLDER = Path(__file__).parent / "gateways" / "sandbox"

_seen: set[str] = set()
_files: set[str] = set()


@cache
def _table() -> "RouteTable":
    from wechat_sandbox.routes import WECHAT
    from wechat_sandbox.routing import RouteTable

    return RouteTable(WECHAT)


def note(method: str, path: str, *, status: int, body: bytes) -> None:
    """The answer to one call counts."""
    from wechat_sandbox.catalogue import OF_DOOR

    found = _table().find(method, path)
    if found is None:
        return
    route, code = found[0], _code(path, status, body)
    _seen.add(f"{route.method} {route.path} {code}")
    if code in map(str, OF_DOOR[route.door]):
        _seen.add(f"{route.door} door {code}")


def _code(path: str, status: int, body: bytes) -> str:
    try:
        said = json.loads(body) if body[:1] == b"{" else {}
    except ValueError:
        said = {}
    if path.startswith("/v3/"):
        return SUCCESS if status < 300 else str(said.get("code", status))
    return str(said.get("errcode", SUCCESS))


def outcomes() -> Iterator[str]:
    """Every outcome there is to see; what a door refuses is counted once for the door."""
    from wechat_sandbox.catalogue import OF_DOOR
    from wechat_sandbox.routes import WECHAT

    for route in WECHAT:
        yield from (f"{route.method} {route.path} {code}" for code in (SUCCESS, *route.refuses))
    for door, codes in OF_DOOR.items():
        yield from (f"{door} door {code}" for code in codes)


def missing(seen: Iterable[str]) -> tuple[list[str], int]:
    """The outcomes not seen, and how many there are in all."""
    known, wanted = set(seen), list(dict.fromkeys(outcomes()))
    return [outcome for outcome in wanted if outcome not in known], len(wanted)


def pytest_collection_finish(session: pytest.Session) -> None:
    _files.update(item.path.name for item in session.items if item.path.parent == FOLDER)


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["surface"] = [sorted(_seen), sorted(_files)]
        return
    lacking, count = missing(_seen)
    if _is_whole(session.config) and len(lacking) > count * (1 - LEAST_SHARE) and session.exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    seen, files = getattr(node, "workeroutput", {}).get("surface", ((), ()))
    _seen.update(seen)
    _files.update(files)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if not _is_whole(config):
        return
    lacking, count = missing(_seen)
    share = 1 - len(lacking) / count
    terminalreporter.section(f"WeChat's surface: {count - len(lacking)} of {count} outcomes seen ({share:.1%})")
    if share < LEAST_SHARE:
        terminalreporter.write_line(f"at least {LEAST_SHARE:.0%} is promised; never seen:", red=True)
    if share < LEAST_SHARE or config.option.verbose > 0:
        for outcome in lacking:
            terminalreporter.write_line(f"  {outcome}")


def _is_whole(config: pytest.Config) -> bool:
    wanted = {file.name for file in FOLDER.glob("test_*.py")}
    return wanted <= _files and not config.option.keyword
