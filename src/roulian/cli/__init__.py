"""`roulian …`: the command line. Each command is a module of its own, imported when it is called.

`roulian --help` must answer at once, so the list of commands is written here and nothing heavy is imported.
"""

import sys
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version

import click

from roulian.words import Refusal, Unreachable

_COMMANDS: Mapping[str, str] = {
    "run": "启动平台并打印控制台地址 / Start the platform, print the console's address",
    "simulate": "不等时钟地模拟若干天,打印 KPI / Simulate days without a wall clock, print the KPIs",
    "import": "导入订单或商品 / Import order lines or products from CSV, Excel or Parquet",
    "export": "导出商品 / Export products to CSV, Excel or Parquet",
    "plan": "预测、补货建议及理由 / Forecasts, proposals and their reasons",
    "migrate": "把数据库升级到最新结构 / Bring the database to the newest schema",
    "keys": "密钥环:查看、更换 / The key ring: what it seals, rotate it",
    "staff": "员工:添加、重设密码 / Staff: add, set a new password",
    "privacy": "个人信息:导出、注销、核对查阅记录 / Personal data: export, erase, verify the record",
    "doctor": "检查设置、数据库、微信,并说明怎么办 / Check settings, database, WeChat; say what to do",
}
_REFUSED, _UNREACHABLE = 2, 3


class _Commands(click.Group):
    """The commands by name; their modules stay unimported until one is needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002, PLR0911 - one per command
        match cmd_name:
            case "run":
                from roulian.cli.run import run

                return run
            case "simulate":
                from roulian.cli.simulate import simulate

                return simulate
            case "import":
                from roulian.cli.orders import imports

                return imports
            case "export":
                from roulian.cli.products import exports

                return exports
            case "plan":
                from roulian.cli.plan import plan

                return plan
            case "migrate":
                from roulian.cli.migrate import migrate

                return migrate
            case "keys" | "staff" | "privacy":
                return _of_trust(cmd_name)
            case "doctor":
                from roulian.cli.doctor import doctor

                return doctor
        return None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("命令 Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


def _of_trust(name: str) -> click.Command:
    """The commands about secrets, staff and personal data."""
    from roulian.cli.keys import keys
    from roulian.cli.privacy import privacy
    from roulian.cli.staff import staff

    return {"keys": keys, "staff": staff, "privacy": privacy}[name]


def _version() -> str:
    try:
        return version("roulian")
    except PackageNotFoundError:
        return "0.1.0"


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(_version(), prog_name="roulian")
def roulian() -> None:
    """Roulian 柔链:微信上的以需定产,一个闭环 / a demand-driven supply chain on WeChat, in one loop."""


def main() -> None:
    """Run the command line; exits with 2 when the business refuses, 3 when the outside cannot be reached."""
    try:
        roulian()
    except Refusal as refusal:
        click.echo(f"{refusal.text('zh')}\n{refusal.text('en')}", err=True)
        sys.exit(_REFUSED)
    except Unreachable as silent:
        click.echo(f"连接不上 / cannot reach: {silent}", err=True)
        sys.exit(_UNREACHABLE)
