"""`roulian run`: one process that serves the console, the storefront's doors and, on the sample brand, its world."""

import asyncio
import os
from pathlib import Path

import click

from roulian.app import read
from roulian.app.serve import serve


@click.command(short_help="启动 / Start")
@click.option("--port", type=int, help="端口 / Port (ROULIAN_PORT)")
@click.option("--seed", type=int, default=7, show_default=True, help="样例世界的种子 / Seed of the sample world")
@click.option(
    "--scenario",
    type=click.Path(path_type=Path),
    help="样例世界的剧本目录 / Folder of the scenario to play",
)
def run(port: int | None, seed: int, scenario: Path | None) -> None:
    """启动平台:默认样例品牌、微信沙箱、SQLite / Start the platform; by default sample brand, sandbox and SQLite."""
    environ = dict(os.environ) | ({"ROULIAN_PORT": str(port)} if port is not None else {})
    settings = read(environ)

    def say(address: str) -> None:
        click.echo(f"控制台 Console: {address}   (Ctrl+C 停止 / to stop)")

    asyncio.run(serve(settings, scenario=scenario or settings.brand, seed=seed, say=say))
