"""`python -m wechat_sandbox serve --port 18080`: the sandbox on wall time, for programs in any language."""

import argparse
import asyncio
import time
from collections.abc import Sequence

import httpx
import uvicorn

from wechat_sandbox import Answer, Callback, Sandbox

ANSWER_WITHIN_S = 5.0
PUMP_EVERY_S = 0.2
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until interrupted; 0 when it ended well."""
    parser = argparse.ArgumentParser(prog="wechat_sandbox", description="A faithful WeChat on your own machine.")
    serve = parser.add_subparsers(required=True).add_parser("serve", help="serve on wall time")
    serve.add_argument("--host", default="127.0.0.1", choices=LOOPBACK, help="loopback only")
    serve.add_argument("--port", type=int, default=18080)
    serve.add_argument("--file", default=":memory:", help="SQLite file that keeps everything (default: memory)")
    serve.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    asyncio.run(_serve(host=chosen.host, port=chosen.port, file=chosen.file, seed=chosen.seed))
    return 0


async def _serve(*, host: str, port: int, file: str, seed: int) -> None:
    async with httpx.AsyncClient(timeout=ANSWER_WITHIN_S) as client:

        async def send(callback: Callback) -> Answer:
            try:
                reply = await client.request(
                    callback.method, callback.url, content=callback.body, headers=dict(callback.headers)
                )
            except (httpx.HTTPError, httpx.InvalidURL):
                return Answer(0)
            return Answer(reply.status_code, reply.content)

        sandbox = Sandbox(file, now_ms=lambda: time.time_ns() // 1_000_000, seed=seed, send=send)
        server = uvicorn.Server(uvicorn.Config(sandbox.asgi, host=host, port=port, access_log=False))
        try:
            async with asyncio.TaskGroup() as group:
                pumping = group.create_task(_pump(sandbox))
                await server.serve()
                pumping.cancel()
        finally:
            sandbox.close()


async def _pump(sandbox: Sandbox) -> None:
    while True:
        await sandbox.pump()
        await asyncio.sleep(PUMP_EVERY_S)


if __name__ == "__main__":
    raise SystemExit(main())
