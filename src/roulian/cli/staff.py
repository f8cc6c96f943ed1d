"""`roulian staff`: the first admin, a way back in for who lost a password, a key for the open API."""

import os
import secrets
from datetime import timedelta

import click

from roulian import people
from roulian.app import read
from roulian.cli.keys import in_store
from roulian.store import Tx

_password = click.option(
    "--password", prompt="密码 / password", hide_input=True, confirmation_prompt=True, help="不写则会询问 / asked for"
)


@click.group()
def staff() -> None:
    """员工:添加、重设密码 / Staff: add somebody, set a new password."""


@staff.command()
@click.argument("login")
@click.option("--name", required=True, help="姓名 / their name")
@click.option("--role", type=click.Choice([role.value for role in people.Role]), required=True, help="角色 / role")
@_password
def add(login: str, name: str, role: str, password: str) -> None:
    """添加员工 / Add somebody."""
    hashed = _hashed(password, login=login)
    ident = in_store(
        read(os.environ),
        lambda tx: people.add_staff(tx, login, name=name, role=people.Role(role), password_hash=hashed),
    )
    click.echo(f"已添加 {login}({ident})/ added")


@staff.command()
@click.argument("login")
@_password
def password(login: str, password: str) -> None:
    """重设密码并解除锁定 / Set a new password and lift a lock."""
    hashed = _hashed(password, login=login)

    in_store(read(os.environ), lambda tx: people.set_password(tx, _known(tx, login), password_hash=hashed))
    click.echo(f"{login} 的密码已重设 / password set")


@staff.command()
@click.argument("login")
@click.option("--name", required=True, help="用途 / what it is for")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice([may.value for may in people.May]), help="权限"
)
@click.option("--days", default=90, show_default=True, help="有效天数,1–365 / days it lasts")
def key(login: str, name: str, scopes: tuple[str, ...], days: int) -> None:
    """为开放接口创建密钥,只显示一次 / Make a key for the open API, shown this once."""

    def work(tx: Tx) -> str:
        maker = people.Caller(_known(tx, login), login, frozenset(people.May))
        leaves, lasts = tuple(map(people.May, scopes)), timedelta(days=days)
        return people.make_api_key(tx, maker, name=name, scopes=leaves, lasts=lasts, chance=secrets.randbits)

    click.echo(in_store(read(os.environ), work))


def _known(tx: Tx, login: str) -> str:
    ident = next((one.id for one in people.staff(tx) if one.login == login), None)
    if ident is None:
        raise people.UnknownStaff(login)
    return ident


def _hashed(password: str, *, login: str) -> str:
    people.check_password(password, login=login)
    return people.password_hash(password, salt=secrets.token_bytes(people.SALT_BYTES))
