"""Questions that many ask at once: those who wait while one snapshot is read are answered from the next.

Nothing is remembered, so no answer is older than the moment it was asked for. Neighbour: `readers` takes the snapshots;
`commit` does the same for writing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from roulian.store.tx import Tx

JointRead = Callable[[Tx, Sequence[Any]], Sequence[Any]]
Ask = Callable[[Callable[[Tx], Sequence[Any]]], Awaitable[Sequence[Any]]]
Waiting = tuple[Any, "asyncio.Future[Any]"]


class Gatherings:
    """Who waits for which joint question. Used in one event loop at a time."""

    def __init__(self, ask: Ask) -> None:
        """Take each snapshot with `ask`."""
        self._ask = ask
        self._waiting: dict[JointRead, list[Waiting]] = {}
        self._serving: dict[JointRead, asyncio.Task[None]] = {}

    async def ask(self, work: JointRead, item: Any) -> Any:
        """What `work` answers for `item` in a snapshot that is begun after this call."""
        mine = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(work, []).append((item, mine))
        if work not in self._serving:
            self._serving[work] = asyncio.create_task(self._serve(work))
        return await mine

    async def _serve(self, work: JointRead) -> None:
        try:
            while group := self._waiting.pop(work, []):
                await self._answer(work, group)
        finally:
            del self._serving[work]
            for _, left in self._waiting.pop(work, []):
                left.cancel()

    async def _answer(self, work: JointRead, group: Sequence[Waiting]) -> None:
        items = [item for item, _ in group]
        try:
            answers = await self._ask(lambda tx: work(tx, items))
        except asyncio.CancelledError:
            for _, waiting in group:
                waiting.cancel()
            raise
        except Exception as error:  # noqa: BLE001 - raised to the one who asked, or each is asked for alone
            if len(group) > 1:
                for each in group:
                    await self._answer(work, [each])
                return
            answers = [error]
        for (_, waiting), answer in zip(group, answers, strict=True):
            if waiting.done():
                continue
            if isinstance(answer, Exception):
                waiting.set_exception(answer)
            else:
                waiting.set_result(answer)
