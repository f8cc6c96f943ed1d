"""`roulian privacy`: a person's rights from the command line, and the record of readings walked."""

import json
import os
import secrets

import click

from roulian import people
from roulian.app import read
from roulian.app.tables import load
from roulian.cli.keys import in_store
from roulian.flows import rights
from roulian.store import Store
from roulian.words import Ids, MemberId, WallClock


@click.group()
def privacy() -> None:
    """个人信息:导出、注销、清除痕迹、核对查阅记录 / Personal data: export, erase, compact, verify the record."""


@privacy.command()
@click.argument("member")
def export(member: str) -> None:
    """以 JSON 打印我们持有的全部信息 / Print everything held of a member, as JSON."""
    settings = read(os.environ)
    held = in_store(
        settings, lambda tx: rights.export(tx, settings.key_ring, member=MemberId(member), by="command line")
    )
    rows = [{"what": one.what, **one.fields} for one in held]
    click.echo(json.dumps(rows, ensure_ascii=False, indent=1))


@privacy.command()
@click.argument("member")
@click.confirmation_option(prompt="无法恢复,确定注销?/ This cannot be undone. Erase?")
def erase(member: str) -> None:
    """注销会员,并从磁盘上清除 / Forget a member, on the disk too."""
    in_store(read(os.environ), lambda tx: rights.erase(tx, MemberId(member)))
    _compact()
    click.echo(f"{member} 已注销 / erased")


@privacy.command()
def compact() -> None:
    """把已删除的内容从磁盘上清除;期间暂停写入 / What was removed is gone from the disk too; nobody writes meanwhile."""
    _compact()
    click.echo("已清除 / done")


@privacy.command()
def verify() -> None:
    """核对个人信息查阅记录的哈希链 / Walk the hash chain of the record of readings."""
    broken = in_store(read(os.environ), people.first_broken_reading)
    if broken is not None:
        click.echo(f"记录从第 {broken} 行起不可信:被改动或缺行 / The record does not hold from line {broken} on.")
        raise SystemExit(1)
    click.echo("查阅记录完整 / the record holds")


def _compact() -> None:
    load()
    store = Store.open(read(os.environ).database_url, clock=WallClock(), ids=Ids(secrets.randbits))
    try:
        store.compact()
    finally:
        store.close()
