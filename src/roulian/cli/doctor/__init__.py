"""`roulian doctor`: what is wrong with this installation, in plain words, and what to do next.

`roulian doctor` looks at settings, database, clock and credentials; `roulian doctor wechat` examines every account.
"""

import asyncio
import os
import sys
from collections.abc import Iterable

import click

from roulian.cli.doctor.findings import Finding, Grade
from roulian.cli.doctor.installation import findings, told_skew

__all__ = ["Finding", "Grade", "doctor", "told_skew"]


@click.group(invoke_without_command=True)
@click.pass_context
def doctor(context: click.Context) -> None:
    """检查设置、数据库、微信凭据和时钟,并说明怎么办 / Check settings, database, WeChat and the clock.

    Exit code 0 when all is well or only to be watched, 1 when something must be done.
    """
    if context.invoked_subcommand is None:
        _tell(findings())


@doctor.command()
def wechat() -> None:
    """逐个检查微信账号:密钥、白名单、权限、回调、开放平台、隐私 / Examine every WeChat account."""
    from roulian.cli.doctor.wechat import examined

    _tell(asyncio.run(examined(os.environ)))


def _tell(found: Iterable[Finding]) -> None:
    grades = set()
    for finding in found:
        click.echo(f"{finding.grade} {finding.zh}\n  {finding.en}")
        grades.add(finding.grade)
    sys.exit(1 if Grade.BAD in grades else 0)
