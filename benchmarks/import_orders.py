"""How long a real order file takes to come in, and how much memory, as `roulian import orders` does it.

The file is UCI Online Retail: the whole set where `ROULIAN_RETAIL_LINES` names it, else the trimmed copy in `world`.
"""

import os
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from roulian.flows import importing
from roulian.gateways import files
from roulian.store import Store
from roulian.words import Ids, WallClock

GOAL_S = 40
TRIMMED = Path(__file__).resolve().parent.parent / "src/world/brand/online_retail.parquet"


def rows() -> Iterator[Mapping[str, object]]:
    """Seconds for the first import and for the same file again, and the peak of memory."""
    path = Path(os.environ.get("ROULIAN_RETAIL_LINES", TRIMMED))
    with tempfile.TemporaryDirectory() as folder:
        store = Store.open(f"sqlite:///{folder}/orders.db", clock=WallClock(), ids=Ids(secrets.randbits))
        store.create_all()
        try:
            first_s, first = _import(store, path, Path(folder))
            again_s, again = _import(store, path, Path(folder))
        finally:
            store.close()
    assert first.added > 0
    assert again.added == 0
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)
    yield _row(
        "import_lines", first.rows, "lines", note=f"{first.added:,} added, {sum(first.refused.values()):,} refused"
    )
    yield _row("import_seconds", round(first_s, 1), "s", goal=f"<= {GOAL_S}", met=first_s <= GOAL_S)
    yield _row("import_rate", round(first.rows / first_s), "lines/s")
    yield _row("import_again_seconds", round(again_s, 1), "s", note="the same file: nothing is added")
    yield _row("peak_memory", round(peak_mb), "MB")


def _import(store: Store, path: Path, folder: Path) -> tuple[float, files.Tally]:
    begun = time.perf_counter()
    table = files.sheet(path)
    orders = files.OrderFile(table, files.recognise(table.headers))
    with files.RefusedFile(folder / "refused.csv", table.headers) as refused:
        tally = importing.bring_in(store, orders, refused=refused, take=importing.fitting(store), told=lambda _: None)
    return time.perf_counter() - begun, tally


def _row(metric: str, value: float, unit: str, **more: object) -> Mapping[str, object]:
    return {"metric": metric, "value": value, "unit": unit, "limit": None, "peer": None, "note": "", **more}
