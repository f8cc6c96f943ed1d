"""Every stage's tables, known to the store's metadata: for migrations and for stores opened without the platform."""


def load() -> None:
    """Every table of every stage is in `store.METADATA`."""
    from roulian import (  # noqa: F401, PLC0415 - importing a stage declares its tables
        books,
        connect,
        decide,
        deliver,
        learn,
        make,
        offers,
        people,
        predict,
        returns,
        sell,
        sense,
        stock,
        tailor,
        tell,
    )
