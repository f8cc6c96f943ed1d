"""Who writes: a thread that groups, or the caller's own hand where a commit waits for no disk.

While the thread waits for the disk the next requests gather, so groups grow with the load by themselves and a lone
request never lingers. Where durability was given up (a simulation) there is nothing to wait for: handing work to a
thread and back costs five times the work, and the order of waking threads is not reproducible.
"""

import asyncio
import queue
import threading
from collections.abc import Callable, Sequence
from typing import Protocol

from roulian.store.commit import Committer, Request
from roulian.words import Bug, Unreachable

Wake = Callable[[], None]
MOST_AT_ONCE = 512
"""Requests in one group: more would keep the first of them waiting longer than they save."""


class Writer(Protocol):
    """Takes requests and answers them after their commit."""

    def submit(self, request: Request) -> None:
        """Take the request; from inside a transaction it is a `Bug`, after `close` it is `Unreachable`."""
        ...

    def watch(self, wake: Wake) -> Wake:
        """Call `wake` after each commit that set something moving; returns the way to stop."""
        ...

    def close(self) -> None:
        """Finish what was taken and let go of the database."""
        ...


class _Watched:
    """Those who want to know that something was set moving."""

    def __init__(self) -> None:
        self._watchers: tuple[Wake, ...] = ()

    def watch(self, wake: Wake) -> Wake:
        """Call `wake` after each commit that set something moving; returns the way to stop."""
        self._watchers = (*self._watchers, wake)

        def stop() -> None:
            self._watchers = tuple(each for each in self._watchers if each is not wake)

        return stop

    def _tell(self, committer: Committer) -> None:
        if committer.take_stir():
            for wake in self._watchers:
                wake()


class GroupingWriter(_Watched):
    """One thread owns the only writing connection of this process; whoever waits shares its next commit."""

    def __init__(self, committer: Committer, *, most_in_group: int) -> None:
        """Start the thread."""
        super().__init__()
        self._committer, self._most_in_group = committer, most_in_group
        self._queue: queue.SimpleQueue[Request | None] = queue.SimpleQueue()
        self._held: Request | None = None
        self._is_closed = False
        self._thread = threading.Thread(target=self._serve, name="roulian-writer", daemon=True)
        self._thread.start()

    def submit(self, request: Request) -> None:
        """Queue the request."""
        if threading.get_ident() == self._thread.ident:
            raise Bug("work inside a transaction asked the store for another transaction")
        if self._is_closed:
            raise Unreachable("the store is closed")
        self._queue.put(request)

    def close(self) -> None:
        """Finish what is queued, then end the thread."""
        if self._is_closed:
            return
        self._is_closed = True
        self._queue.put(None)
        self._thread.join()
        self._committer.close()

    def _serve(self) -> None:
        while group := self._gather():
            self._committer.settle(group)
            _answer(group)
            self._tell(self._committer)

    def _gather(self) -> list[Request]:
        """The next group: whoever is waiting, up to the engine's number of savepoints; empty at the end.

        Requests for the same joint work share one savepoint.
        """
        first = self._held or self._queue.get()
        self._held = None
        if first is None:
            return []
        group, weight, joint = [first], first.weight, {first.joint}
        while weight < self._most_in_group and len(group) < MOST_AT_ONCE:
            try:
                request = self._queue.get_nowait()
            except queue.Empty:
                break
            if request is None:
                self._queue.put(None)
                break
            if request.joint is None or request.joint not in joint:
                weight += request.weight
                joint.add(request.joint)
            if weight > self._most_in_group:
                self._held = request
                break
            group.append(request)
        return group


class DirectWriter(_Watched):
    """The caller's thread does the work at once, one at a time; whoever awaits it does not even wait a turn."""

    def __init__(self, committer: Committer) -> None:
        """Take the connection."""
        super().__init__()
        self._committer = committer
        self._turn = threading.Lock()
        self._at_work: int | None = None
        self._is_closed = False

    def submit(self, request: Request) -> None:
        """Do it."""
        if self._at_work == threading.get_ident():
            raise Bug("work inside a transaction asked the store for another transaction")
        with self._turn:
            if self._is_closed:
                raise Unreachable("the store is closed")
            self._at_work = threading.get_ident()
            self._committer.settle((request,))
            self._at_work = None
        request.answer()
        self._tell(self._committer)

    def close(self) -> None:
        """Close the connection."""
        with self._turn:
            if not self._is_closed:
                self._is_closed = True
                self._committer.close()


def _answer(group: Sequence[Request]) -> None:
    """Answer everyone, waking each event loop once however many of its callers wait."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Request]] = {}
    for request in group:
        if request.loop is None:
            request.answer()
        else:
            by_loop.setdefault(request.loop, []).append(request)
    for loop, requests in by_loop.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_answer_all, requests)


def _answer_all(requests: Sequence[Request]) -> None:
    for request in requests:
        request.answer()
