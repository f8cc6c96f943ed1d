"""`roulian migrate`: the database takes the newest schema."""

import os
import secrets

import click

from roulian.app import read
from roulian.app.tables import load
from roulian.store import Store
from roulian.words import Ids, WallClock


@click.command()
def migrate() -> None:
    """把品牌数据库升级到最新结构;可以重复运行 / Bring the brand's database to the newest schema; repeatable."""
    settings = read(os.environ)
    load()
    store = Store.open(settings.database_url, clock=WallClock(), ids=Ids(secrets.randbits))
    try:
        store.migrate()
    finally:
        store.close()
    click.echo("数据库已是最新结构 / the database is at the newest schema")
