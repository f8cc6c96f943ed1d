"""Which of Pay's keys signs now: the seven-day switch to the public key, and the change of certificates.

A merchant that began with certificates may switch to Pay's public key (pay.weixin.qq.com 4012154180): within seven days
ever more notices are signed by the public key, from one in a thousand to all; replies follow the `Wechatpay-Serial`
of the request all the while; stopping brings everything back to the certificate at once. A certificate has a
successor ten days before its end, which can be downloaded beside it and signs ever more in the last five days.
The two never run at once.
"""

from dataclasses import dataclass

from wechat_sandbox.moments import DAY_MS
from wechat_sandbox.pay.merchants import KeyMode, Merchant, Platform, PlatformKey, find_merchant, platform
from wechat_sandbox.state import State
from wechat_sandbox.wire import ControlError

SWITCH_MS = 7 * DAY_MS
FIRST_SHARE = 0.001
LISTED_MS, GROWING_MS = 10 * DAY_MS, 5 * DAY_MS
RENEWALS = "certificate renewals"


@dataclass(frozen=True, slots=True)
class Renewal:
    """A successor certificate: listed, signing ever more, and from `sole_ms` on alone."""

    generation: int
    listed_ms: int
    grows_ms: int
    sole_ms: int


def switched_share(state: State, merchant: Merchant) -> float:
    """The share of notices signed by the public key, 0 to 1: by the merchant's mode, while switching by its day."""
    match merchant.key_mode:
        case KeyMode.PUBLIC_KEY:
            return 1.0
        case KeyMode.CERTIFICATE:
            return 0.0
        case KeyMode.SWITCHING:
            begun_ms = _begun_ms(state, merchant.mchid)
            if begun_ms is None:
                return merchant.switched_ratio
            passed = min(1.0, (state.now_ms - begun_ms) / SWITCH_MS)
            share: float = FIRST_SHARE ** (1 - passed)
            return share


def signs_by_public_key(state: State, merchant: Merchant, notice: str) -> bool:
    """Whether this notice is signed by the public key; one that is stays so while the share grows."""
    return _chance(state, "switch", notice) < switched_share(state, merchant)


def begin_switch(state: State, mchid: str) -> None:
    """The merchant begins the seven days; raises `ControlError` unless it lives by certificates that stay as they are."""
    merchant = _merchant(state, mchid)
    if merchant.key_mode is not KeyMode.CERTIFICATE:
        raise ControlError("not_by_certificate", f"merchant {mchid!r} is in mode {merchant.key_mode}")
    if _renewal_runs(state):
        raise ControlError("certificate_renewal_running", "the platform certificate is being changed; wait for its end")
    state.run("INSERT OR REPLACE INTO key_switches VALUES (?, ?)", mchid, state.now_ms)
    _set_mode(state, mchid, KeyMode.SWITCHING)


def cancel_switch(state: State, mchid: str) -> None:
    """Everything is signed by the certificate again; raises `ControlError` when no switch runs."""
    _check_switching(state, mchid)
    _set_mode(state, mchid, KeyMode.CERTIFICATE)


def finish_switch(state: State, mchid: str) -> None:
    """The merchant lives by the public key; raises `ControlError` before the seven days are over."""
    begun_ms = _check_switching(state, mchid)
    if state.now_ms < begun_ms + SWITCH_MS:
        raise ControlError("switch_not_over", f"the switch ends in {begun_ms + SWITCH_MS - state.now_ms} ms")
    _set_mode(state, mchid, KeyMode.PUBLIC_KEY)


def _check_switching(state: State, mchid: str) -> int:
    begun_ms = _begun_ms(state, mchid)
    if _merchant(state, mchid).key_mode is not KeyMode.SWITCHING or begun_ms is None:
        raise ControlError("not_switching", f"merchant {mchid!r} has begun no switch")
    return begun_ms


def _begun_ms(state: State, mchid: str) -> int | None:
    begun_ms: int | None = state.value("SELECT begun_ms FROM key_switches WHERE mchid = ?", mchid)
    return begun_ms


def _merchant(state: State, mchid: str) -> Merchant:
    merchant = find_merchant(state, mchid)
    if merchant is None:
        raise ControlError("unknown_merchant", f"there is no merchant {mchid!r}")
    return merchant


def _set_mode(state: State, mchid: str, mode: KeyMode) -> None:
    state.run("UPDATE merchants SET key_mode = ? WHERE mchid = ?", mode, mchid)
    if mode is not KeyMode.SWITCHING:
        state.run("DELETE FROM key_switches WHERE mchid = ?", mchid)


def renew_certificate(state: State) -> Renewal:
    """The certificate's successor is there from now on; raises `ControlError` while a change or a switch runs."""
    if _renewal_runs(state):
        raise ControlError("certificate_renewal_running", "the platform certificate is being changed already")
    if state.value("SELECT 1 FROM merchants JOIN key_switches USING (mchid) WHERE key_mode = ?", KeyMode.SWITCHING):
        raise ControlError("key_switch_running", "a merchant is switching to the public key; wait for its end")
    return _add_renewal(state, listed_ms=state.now_ms)


def certificates_in_force(state: State) -> tuple[Platform, ...]:
    """The certificates a merchant may download now, the older first: one, or two while one replaces the other."""
    newest = _newest(state)
    if newest is None:
        return (platform(state, PlatformKey.CERTIFICATE),)
    last = platform(state, PlatformKey.CERTIFICATE, newest.generation)
    if state.now_ms >= newest.sole_ms:
        return (last,)
    return (platform(state, PlatformKey.CERTIFICATE, newest.generation - 1), last)


def signing_certificate(state: State, *, drawn: str) -> Platform:
    """The certificate that signs; in a successor's growing days `drawn` decides which of the two."""
    newest = _newest(state)
    if newest is None:
        return platform(state, PlatformKey.CERTIFICATE)
    grown = (state.now_ms - newest.grows_ms) / (newest.sole_ms - newest.grows_ms)
    is_new = _chance(state, "renewal", drawn) < grown
    return platform(state, PlatformKey.CERTIFICATE, newest.generation - (0 if is_new else 1))


def key_named(state: State, merchant: Merchant, serial: str) -> Platform | None:
    """Pay's key with this id or serial number, if the merchant may encrypt with it now."""
    if serial == merchant.public_key_id and merchant.key_mode is not KeyMode.CERTIFICATE:
        return platform(state, PlatformKey.PUBLIC_KEY)
    if merchant.key_mode is KeyMode.PUBLIC_KEY:
        return None
    return next((key for key in certificates_in_force(state) if key.serial == serial.upper()), None)


def _chance(state: State, *words: str) -> float:
    return int.from_bytes(state.hashed(*words, size=4)) / 2**32


def _renewals(state: State) -> list[Renewal]:
    known = state.keys.get(RENEWALS)
    if known is None:
        rows = state.all("SELECT * FROM certificate_renewals ORDER BY generation")
        known = state.keys[RENEWALS] = [Renewal(**dict(row)) for row in rows]
    found: list[Renewal] = known
    return found


def _newest(state: State) -> Renewal | None:
    """The latest successor; a certificate in its last ten days gets its own here."""
    renewals = _renewals(state)
    generation = renewals[-1].generation if renewals else 1
    ends_ms = platform(state, PlatformKey.CERTIFICATE, generation).expires_ms
    if state.now_ms >= ends_ms - LISTED_MS:
        return _add_renewal(state, listed_ms=ends_ms - LISTED_MS)
    return renewals[-1] if renewals else None


def _renewal_runs(state: State) -> bool:
    newest = _newest(state)
    return newest is not None and state.now_ms < newest.sole_ms


def _add_renewal(state: State, *, listed_ms: int) -> Renewal:
    renewals = _renewals(state)
    renewal = Renewal(
        generation=renewals[-1].generation + 1 if renewals else 2,
        listed_ms=listed_ms,
        grows_ms=listed_ms + LISTED_MS - GROWING_MS,
        sole_ms=listed_ms + LISTED_MS,
    )
    state.run(
        "INSERT INTO certificate_renewals VALUES (?, ?, ?, ?)",
        renewal.generation,
        renewal.listed_ms,
        renewal.grows_ms,
        renewal.sole_ms,
    )
    renewals.append(renewal)
    return renewal
