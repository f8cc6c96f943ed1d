"""`roulian keys`: which key seals what, and sealing everything anew with a new one."""

import os
import secrets
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import click

from roulian import connect, people, tell
from roulian.app import Settings, read
from roulian.app.settings import new_key, private_text, ring_file, write_secret
from roulian.app.tables import load
from roulian.store import Store, Tx, clear_locker
from roulian.words import Ids, WallClock

T = TypeVar("T")


@click.group()
def keys() -> None:
    """密钥环:查看、更换 / The key ring: what it seals, rotate it."""


@keys.command("list")
def shown() -> None:
    """每把密钥封存了多少账号 / How many accounts' secrets each key seals."""
    settings = read(os.environ)
    sealed = Counter(in_store(settings, tell.secret_keys).values())
    for ident in settings.key_ring.ids():
        role = "封存新值 · seals" if ident == settings.key_ring.newest else "只用于打开 · opens"
        click.echo(f"{ident}  {role}  {sealed[ident]} 个账号 · accounts")
    lost = sorted(sealed.keys() - set(settings.key_ring.ids()))
    if lost:
        click.echo(f"缺少密钥 {'、'.join(lost)}:把它放回密钥环。 / Missing {', '.join(lost)}: put it back on the ring.")


@keys.command()
def rotate() -> None:
    """换上新密钥并重新封存全部密钥 / Put a new key first and seal everything anew."""
    if os.environ.get("ROULIAN_KEY_RING"):
        settings = read(os.environ)
        _reseal(settings)
        click.echo(
            "密钥环在 ROULIAN_KEY_RING 里:已用最前面的一把重新封存。要换新密钥,请把下面这把放到最前面,重启后再执行一次:\n"
            "The ring is in ROULIAN_KEY_RING; its first key sealed everything anew. To rotate, put this key in front,"
            " restart, and run this again:"
        )
        click.echo(new_key(settings.key_ring.ids()))
        return
    before = read(os.environ)
    file = ring_file(before.home)
    text = private_text("ROULIAN_HOME", file)
    write_secret(file, f"{new_key(before.key_ring.ids())}\n{text.strip()}\n".encode())
    after = read(os.environ)
    count = _reseal(after)
    click.echo(
        f"新密钥 {after.key_ring.newest} 已启用,{count} 个账号的密钥已重新封存;旧密钥仍在 {file},备份后可删去。\n"
        f"Key {after.key_ring.newest} seals from now on; the secrets of {count} accounts were sealed anew."
        f" The old keys are still in {file}; once backed up they may go."
    )


def _reseal(settings: Settings) -> int:
    def work(tx: Tx) -> int:
        clear_locker(tx)
        people.reseal(tx, settings.key_ring)
        connect.reseal(tx, settings.key_ring)
        return tell.reseal_secrets(tx, settings.key_ring)

    return in_store(settings, work)


def in_store(settings: Settings, work: Callable[[Tx], T]) -> T:
    """What `work` gives, done in the brand's store, its schema brought to the newest first."""
    load()
    store = Store.open(settings.database_url, clock=WallClock(), ids=Ids(secrets.randbits))
    try:
        store.migrate()
        return store.call(work, cause="keys")
    finally:
        store.close()
