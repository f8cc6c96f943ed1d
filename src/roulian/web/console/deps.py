"""What the console is given by the composition root: the store to read, the clock to steer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from roulian import tell
from roulian.gateways.wechat import WeChat
from roulian.store import KeyRing, Store


@dataclass(frozen=True, slots=True)
class ClockState:
    """Where time stands: `now_ms` since the epoch; `speed` in simulated seconds per real second."""

    now_ms: int
    paused: bool
    speed: float
    simulated: bool


class ClockControl(Protocol):
    """Time, as far as the console may steer it; a real clock answers `simulated=False` and ignores the rest."""

    def state(self) -> ClockState:
        """Where time stands now."""
        ...

    def set(self, *, paused: bool | None = None, speed: float | None = None) -> None:
        """Pause, go on, or change speed; what is None stays."""
        ...

    def hold(self) -> None:
        """Simulated time stands still while a person does what WeChat gives minutes for, until `release` or `set`."""
        ...

    def release(self) -> None:
        """What was held goes on."""
        ...

    async def step(self, ms: int) -> None:
        """Move simulated time forward by `ms` and return when everything due on the way has run."""
        ...


@dataclass(frozen=True, slots=True)
class AccountDoors:
    """What adding an account takes: the ring that seals its secrets, and where its owner's scan leads back to.

    `own_page` is the path of the page to scan when it stands beside the console, as the sandbox's does; the owner then
    comes back to the address they came from. Empty, it is WeChat's, and they come back to `public_url`.
    """

    ring: KeyRing
    wechat: WeChat
    public_url: str
    own_page: str = ""


@dataclass(frozen=True, slots=True)
class StaffDoors:
    """What staff and personal data take: the ring they are sealed with, chance for tokens, and whether to log in.

    `is_secure` says that the console is served over TLS, so that its cookie travels over nothing else.
    """

    ring: KeyRing
    chance: Callable[[int], int]
    must_log_in: bool
    is_secure: bool = False


@dataclass(frozen=True, slots=True)
class ConnectDoors:
    """What webhooks take: the ring that seals their secrets, chance to draw them, and whether they may go inside."""

    ring: KeyRing
    chance: Callable[[int], int]
    may_be_inside: bool = False


NOTHING_ALLOWED = tell.Limits((), ())


@dataclass(frozen=True, slots=True)
class ConsoleDeps:
    """Everything the console needs; `accounts` may be absent where no account is ever added: the document, a test.

    `limits` and `templates` are what the sender obeys and writes with, so that the page counts as the sender does.
    """

    store: Store
    clock: ClockControl
    accounts: AccountDoors | None = None
    staff: StaffDoors | None = None
    connect: ConnectDoors | None = None
    limits: tell.Limits = NOTHING_ALLOWED
    templates: Mapping[str, Mapping[tell.Scenario, str]] = field(default_factory=dict)
