"""What the gateways remember between calls, kept in the brand's store: accounts and their secrets, tokens, rights.

A gateway keeps nothing and knows no store; it asks these. Every process of a brand asks the same rows, so an account
entered in the console is spoken for at once, by all of them.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace

from roulian import tell
from roulian.gateways.wechat import ASK_AGAIN_AFTER, NOT_GRANTED, AccountKeys, is_granted
from roulian.store import KeyRing, Locker, Store, Tx
from roulian.words import Clock, WallClock

_FROZEN = 50002
_OWNER_LEFT = frozenset({42007, 61003, 61009, 61023})


@dataclass(slots=True)
class Memory:
    """The store, for those who are made before it; `store` is set once, when it is opened."""

    store: Store | None = None

    def __call__(self) -> Store:
        """The store; asked for before it was opened it is a programming error."""
        assert self.store is not None
        return self.store


def locker(memory: Memory, ring: KeyRing) -> Locker:
    """The shelf of tokens. Leases are about processes, so they run on real time even in a simulation."""
    return Locker(memory, ring=ring, clock=WallClock(), draw=secrets.token_bytes)


class StoredAccounts:
    """The gateway's `AccountBook` over the matrix."""

    def __init__(self, memory: Memory, *, ring: KeyRing, platform: AccountKeys | None) -> None:
        """Open what is sealed with `ring`; `platform` is the brand's own open platform, if it has one."""
        self._memory, self._ring, self._platform = memory, ring, platform

    async def keys(self, appid: str) -> AccountKeys | None:
        """See `AccountBook`. Raises `CannotOpen` when the key that sealed the secrets is not on the ring."""
        known = await self._memory().ask(lambda tx: tell.spoken_secrets(tx, appid, ring=self._ring))
        return None if known is None else keys_of(appid, known)

    async def platform(self) -> AccountKeys | None:
        """See `AccountBook`."""
        return self._platform

    async def renewed(self, appid: str, refresh_token: str) -> None:
        """See `AccountBook`."""

        def work(tx: Tx) -> None:
            known = tell.account_secrets(tx, appid, ring=self._ring) or tell.Secrets()
            tell.save_secrets(tx, appid, secrets=replace(known, refresh_token=refresh_token), ring=self._ring)

        await self._memory().run(work, cause="wechat.authorised")


def enter(tx: Tx, given: Sequence[AccountKeys], *, rows: Sequence[tell.Account], ring: KeyRing) -> None:
    """The secrets the environment names are the ones spoken with; those that are known already cost no write.

    Its accounts stand in the matrix too, as `rows` say; one that stands there already stays as it was edited.
    """
    tell.add_accounts(tx, rows)
    for keys in given:
        wanted = secrets_of(keys)
        if tell.account_secrets(tx, keys.appid, ring=ring) != wanted:
            tell.save_secrets(tx, keys.appid, secrets=wanted, ring=ring)


def add_mini_program(tx: Tx, appid: str) -> None:
    """The environment's mini-program stands in the matrix, or nobody could send its messages or examine it."""
    tell.add_accounts(tx, [tell.Account.of(appid, kind=tell.AccountKind.MINI_PROGRAM, name="小程序")])


def is_entered(tx: Tx, given: Sequence[AccountKeys], *, rows: Sequence[tell.Account], ring: KeyRing) -> bool:
    """Whether `enter` would change nothing."""
    if any(tell.account(tx, row.appid) is None for row in rows):
        return False
    return all(tell.account_secrets(tx, keys.appid, ring=ring) == secrets_of(keys) for keys in given)


def secrets_of(keys: AccountKeys) -> tell.Secrets:
    """An account's keys as the matrix keeps them."""
    return tell.Secrets(keys.secret, keys.callback_token, keys.callback_aes_key, keys.refresh_token)


def keys_of(appid: str, known: tell.Secrets) -> AccountKeys:
    """An account's secrets as the gateway wants them."""
    return AccountKeys(
        appid=appid,
        secret=known.secret,
        callback_token=known.callback_token,
        callback_aes_key=known.callback_aes_key,
        refresh_token=known.refresh_token,
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of one account."""

    sets: frozenset[int] | None
    denials: tuple[tell.Denial, ...]


class StoredRights:
    """The gateway's `Rights` over the matrix.

    What is known is read once and then only when it speaks against a call: a denial another process met costs this
    one call, and a right that came back is seen at once.
    """

    def __init__(self, memory: Memory, *, clock: Clock) -> None:
        """Judge a denial's age by `clock`."""
        self._memory, self._clock = memory, clock
        self._known: dict[str, _Known] = {}

    async def barred(self, appid: str, api: str) -> int:
        """See `Rights`."""
        known = self._known.get(appid)
        if known is not None and not self._against(known, api):
            return 0
        self._known[appid] = known = await self._memory().ask(lambda tx: _known(tx, appid))
        return self._against(known, api)

    async def denied(self, appid: str, api: str, *, errcode: int) -> None:
        """See `Rights`."""

        def work(tx: Tx) -> None:
            if tell.account(tx, appid) is None:
                return
            if errcode == _FROZEN:
                tell.stand(tx, appid, standing=tell.Standing.DOWN)
            elif errcode in _OWNER_LEFT:
                tell.stand(tx, appid, standing=tell.Standing.UNAUTHORISED)
            else:
                tell.deny(tx, appid, api=api, code=str(errcode))

        await self._memory().run(work, cause="wechat.denied")
        self._known.pop(appid, None)

    def _against(self, known: _Known, api: str) -> int:
        if known.sets is not None and not is_granted(api, known.sets):
            return NOT_GRANTED
        since = self._clock.now()
        fresh = (one for one in known.denials if since < one.at.plus(ASK_AGAIN_AFTER))
        return next((int(one.code) for one in fresh if one.api == api), 0)


def _known(tx: Tx, appid: str) -> _Known:
    return _Known(tell.permission_sets(tx).get(appid), tell.denials(tx).get(appid, ()))
