"""`roulian-sandbox serve` (or `python -m wechat_sandbox serve`): the sandbox alone, for programs in any language."""

import argparse
import asyncio
import ipaddress
import json
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from wechat_sandbox import Sandbox, SandboxClock, SandboxSettings
from wechat_sandbox.doors import (
    PRELOAD,
    Doors,
    DoorTakenError,
    Opened,
    messenger,
    sender,
    serve,
    shell_lines,
    url,
    variables,
)

EXPOSED = (
    "警告:沙盒正在 {host} 上监听,同一网络里的任何人都能使用它和它的控制接口。\n"
    "Warning: the sandbox listens on {host}; anybody on that network can use it and its control API."
)
TAKEN = (
    "端口打不开({why})。请换一个端口(--port、--tls-port、--proxy-port,0 表示任意空闲端口)。\n"
    "A door cannot open ({why}). Choose other ports (--port, --tls-port, --proxy-port; 0 takes any free one)."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted, or tell where a file lies; 0 when it ended well, 1 for a port that is taken."""
    chosen = _parser().parse_args(arguments)
    if chosen.command == "preload":
        print(PRELOAD)
        return 0
    if not _is_loopback(chosen.host):
        print(EXPOSED.format(host=chosen.host), file=sys.stderr)
    try:
        asyncio.run(_serve(chosen))
    except DoorTakenError as taken:
        print(TAKEN.format(why=taken), file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="roulian-sandbox", description="A faithful WeChat on your own machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve on wall time until interrupted")
    serving.add_argument("--host", default="127.0.0.1", help="loopback unless another address is named")
    serving.add_argument("--port", type=int, default=18080, help="plain HTTP; 0 takes a free port, here and below")
    serving.add_argument("--tls-port", type=int, default=18443, help="WeChat's hosts over TLS")
    serving.add_argument("--proxy-port", type=int, default=18888, help="HTTP proxy to WeChat's hosts")
    serving.add_argument("--let-through", action="store_true", help="the proxy carries every other host as well")
    serving.add_argument("--keys", type=Path, default=_home(), help="folder of the local authority (%(default)s)")
    serving.add_argument("--file", default=":memory:", help="SQLite file that keeps everything (default: memory)")
    serving.add_argument("--seed", type=int, default=1)
    serving.add_argument(
        "--set", action="append", default=[], type=_setting, metavar="NAME=VALUE", help="a switch of the README"
    )
    serving.add_argument("--json", action="store_true", help="one line of JSON instead of lines for a shell")
    serving.add_argument("--ready-file", type=Path, help="written with that JSON once every door is open")
    commands.add_parser("preload", help="print the path of the file for `node -r`")
    return parser


def _setting(text: str) -> tuple[str, object]:
    """One switch and its value, of the switch's own type; `true` and `false` for yes and no."""
    name, _, value = text.partition("=")
    match getattr(SandboxSettings(), name, None):
        case bool() if value in ("true", "false"):
            return name, value == "true"
        case int(default) if not isinstance(default, bool) and value.removeprefix("-").isdecimal():
            return name, int(value)
        case str():
            return name, value
        case _:
            raise argparse.ArgumentTypeError(f"{text!r} is no switch and its value")


def _home() -> Path:
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "roulian-sandbox"


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


async def _serve(chosen: argparse.Namespace) -> None:
    doors = Doors(
        keys=chosen.keys,
        host=chosen.host,
        http_port=chosen.port,
        tls_port=chosen.tls_port,
        proxy_port=chosen.proxy_port,
        lets_through=chosen.let_through,
    )
    async with messenger() as client:
        clock = SandboxClock(lambda: time.time_ns() // 1_000_000)
        settings = SandboxSettings(**dict(chosen.set))
        sandbox = Sandbox(chosen.file, now_ms=clock, seed=chosen.seed, send=sender(client), settings=settings)
        try:
            await serve(sandbox, doors, announce=lambda opened: _announce(chosen, opened))
        finally:
            sandbox.close()


def _announce(chosen: argparse.Namespace, opened: Opened) -> None:
    ready = json.dumps(
        {
            "http": url(opened.http),
            "tls": f"{opened.tls.host}:{opened.tls.port}",
            "proxy": url(opened.proxy),
            "ca": str(opened.certificates.ca),
            "preload": str(PRELOAD),
            "environment": variables(opened),
        }
    )
    if chosen.ready_file is not None:
        fresh = chosen.ready_file.with_name(f"{chosen.ready_file.name}.new")
        fresh.write_text(f"{ready}\n", encoding="utf-8")
        fresh.replace(chosen.ready_file)
    print(ready if chosen.json else _told(opened), flush=True)


def _told(opened: Opened) -> str:
    return (
        f"WeChat sandbox at {url(opened.http)} (control API and page under /_sandbox/)\n"
        f"WeChat's hosts over TLS at {opened.tls.host}:{opened.tls.port}, or through the proxy {url(opened.proxy)}\n"
        f"{shell_lines(opened)}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
