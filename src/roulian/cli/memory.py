"""Opening a store from the command line, without the rest of the platform.

Your own orders and the sample brand never share a store: the sample brand lives in simulated time, your orders in
real time. So while the sandbox is played and no database was named, `import` and `plan` keep a store of their own.
"""

import os
import secrets
from types import TracebackType

from roulian.app import Outside, Settings, read
from roulian.app.tables import load
from roulian.store import Store
from roulian.words import Ids, WallClock

OWN_ORDERS = "orders.db"


def own_url(settings: Settings) -> str:
    """Where imported orders are kept: the brand's database, or one beside the sample brand's."""
    is_sample = settings.outside is Outside.SANDBOX and not os.environ.get("ROULIAN_DATABASE_URL")
    return f"sqlite:///{settings.home / OWN_ORDERS}" if is_sample else settings.database_url


class opened:  # noqa: N801 - reads as `with opened() as store`
    """The store of imported orders, its schema at head; closed at the end.

    A class, because `contextlib` sets attributes on passing exceptions and refusals are frozen.
    """

    def __init__(self) -> None:
        """Read the settings; nothing is opened yet."""
        self.url = own_url(read(os.environ))

    @property
    def where(self) -> str:
        """The database, without its password."""
        scheme, _, rest = self.url.partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}"

    def __enter__(self) -> Store:
        load()
        self._store = Store.open(self.url, clock=WallClock(), ids=Ids(secrets.randbits))
        self._store.migrate()
        return self._store

    def __exit__(self, kind: type[BaseException] | None, what: BaseException | None, at: TracebackType | None) -> None:
        self._store.close()
