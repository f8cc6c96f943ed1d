"""Clearing the disk while the store is in use: who writes waits, and nothing is lost."""

from concurrent.futures import ThreadPoolExecutor

from roulian.store import Store, Tx
from shelf import add, things

WRITES = 200


def test_who_writes_while_the_disk_is_cleared_waits_and_nothing_is_lost(store: Store):
    def write(number: int) -> None:
        def work(tx: Tx) -> None:
            add(tx, f"thing {number % 7}")
            tx.job("post", f"{number}")

        store.call(work)

    with ThreadPoolExecutor(4) as hands:
        writing = [hands.submit(write, number) for number in range(WRITES)]
        reading = [hands.submit(store.read, things) for _ in range(50)]
        for _ in range(3):
            store.compact()
        for done in (*writing, *reading):
            done.result()

    assert sum(store.read(things).values()) == WRITES
