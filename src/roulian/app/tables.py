"""Every stage's tables, known to the store's metadata: for migrations and for stores opened without the platform."""

from importlib import import_module

STAGES = ("people", "sense", "predict", "decide", "sell", "stock", "make", "deliver", "tell", "learn")


def load() -> None:
    """Every table of every stage is in `store.METADATA`."""
    for stage in STAGES:
        import_module(f"roulian.{stage}")
