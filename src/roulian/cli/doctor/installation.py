"""Is everything there that this installation needs, and if not, what is to be done?

Nothing is changed: the database is looked at, never migrated, and WeChat is asked two questions without effect.
"""

import asyncio
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from roulian.app import Outside, Settings, compose, read
from roulian.app.brand import read_brand
from roulian.app.compose import way_out
from roulian.app.play import disposable
from roulian.app.tables import load
from roulian.cli.doctor.findings import Finding, Grade, silent
from roulian.gateways.pay import Pay
from roulian.gateways.skew import PAY_URL, skew_s
from roulian.gateways.wechat import WeChat
from roulian.store import Store
from roulian.words import Ids, Refusal, Rejected, Unreachable, WallClock

LEAST_FREE_MB = 200
ENOUGH_FREE_MB = 2_000
MOST_SKEW_S = 300
NOTABLE_SKEW_S = 30
_NO_SUCH_TRADE = "20000101000000000000"
_UNKNOWN_TRADE = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST"})


def findings() -> Iterator[Finding]:
    """The checks, one after the other; those that stand on broken settings are left out."""
    try:
        settings = read(os.environ)
    except Refusal as refusal:
        yield Finding(Grade.BAD, refusal.text("zh"), refusal.text("en"))
        return
    yield Finding(
        Grade.GOOD,
        f"设置可用;数据目录 {settings.home},微信:{settings.outside}",
        f"Settings are usable; home {settings.home}, WeChat: {settings.outside}",
    )
    yield console(settings)
    yield from database(settings)
    yield disk(settings.home)
    yield from asyncio.run(_wechat(settings))
    if settings.outside is Outside.LIVE:
        yield asyncio.run(clock(settings))


def console(settings: Settings) -> Finding:
    """Whether the console is built."""
    if (settings.console / "index.html").is_file():
        return Finding(Grade.GOOD, "控制台已构建", "The console is built")
    return Finding(Grade.WATCH, "控制台还没有构建:运行 make run", "The console is not built: run make run")


def database(settings: Settings) -> Iterator[Finding]:
    """Whether the database answers and has the newest schema."""
    parts = urlsplit(settings.database_url)
    if parts.scheme == "sqlite" and not Path(parts.path).exists():
        yield Finding(
            Grade.WATCH,
            "数据库还不存在:roulian run 或 roulian migrate 会建立它",
            "There is no database yet: roulian run or roulian migrate makes one",
        )
        return
    try:
        is_current = _is_current(settings)
    except Exception as error:  # noqa: BLE001 - whatever the driver says, the person must hear it
        where = f"{parts.scheme}://{parts.hostname or ''}{parts.path}"
        yield Finding(
            Grade.BAD,
            f"数据库 {where} 打不开({type(error).__name__}):检查 ROULIAN_DATABASE_URL、服务是否在运行、权限",
            f"Cannot open {where} ({type(error).__name__}): check ROULIAN_DATABASE_URL, the server and its rights",
        )
        return
    if is_current:
        yield Finding(Grade.GOOD, "数据库可用,结构最新", "The database answers; its schema is the newest")
    else:
        yield Finding(
            Grade.BAD,
            "数据库结构不是最新:运行 roulian migrate",
            "The database's schema is not the newest: run roulian migrate",
        )


def _is_current(settings: Settings) -> bool:
    load()
    store = Store.open(settings.database_url, clock=WallClock(), ids=Ids(secrets.randbits))
    try:
        return store.is_current()
    finally:
        store.close()


def disk(home: Path) -> Finding:
    """Whether there is room for what is to come."""
    free_mb = shutil.disk_usage(home).free // 2**20
    if free_mb >= ENOUGH_FREE_MB:
        return Finding(Grade.GOOD, f"磁盘剩余 {free_mb:,} MB", f"{free_mb:,} MB of disk are free")
    grade = Grade.WATCH if free_mb >= LEAST_FREE_MB else Grade.BAD
    return Finding(
        grade,
        f"磁盘只剩 {free_mb:,} MB:请清理,或把 ROULIAN_HOME 移到更大的盘",
        f"Only {free_mb:,} MB of disk are free: clear some, or move ROULIAN_HOME to a larger disk",
    )


async def _wechat(settings: Settings) -> Iterable[Finding]:
    """Whether WeChat and WeChat Pay take our credentials; asked in a platform that is thrown away afterwards."""
    with tempfile.TemporaryDirectory(prefix="roulian-doctor-") as home:
        app = await compose(
            disposable(settings, home=Path(home)),
            brand=read_brand(settings.brand),
            clock=WallClock(),
            chance=secrets.randbits,
            in_memory_sandbox=True,
        )
        try:
            return [await _asked_wechat(app.outside.wechat, app.outside.appid), await _asked_pay(app.outside.pay)]
        finally:
            await app.close()


async def _asked_wechat(wechat: WeChat, appid: str) -> Finding:
    try:
        is_managed = await wechat.shipping.is_trade_managed(appid)
    except Rejected as rejected:
        return Finding(
            Grade.BAD,
            f"微信拒绝了凭据({rejected.code}):运行 roulian doctor wechat 查看原因",
            f"WeChat refused the credentials ({rejected.code}): roulian doctor wechat says why",
        )
    except Unreachable as error:
        return silent("微信", "WeChat", error)
    if is_managed:
        return Finding(
            Grade.GOOD,
            "微信凭据可用;小程序需要发货信息管理,柔链会自动上传",
            "WeChat takes the credentials; shipping information is filed by itself",
        )
    return Finding(Grade.GOOD, "微信凭据可用", "WeChat takes the credentials")


async def _asked_pay(pay: Pay) -> Finding:
    """A payment nobody made: knowing that it does not exist proves signature, serial and merchant."""
    good = Finding(Grade.GOOD, "微信支付凭据可用", "WeChat Pay takes the credentials")
    try:
        await pay.query(_NO_SUCH_TRADE)
    except Rejected as rejected:
        if rejected.code in _UNKNOWN_TRADE:
            return good
        return Finding(
            Grade.BAD,
            f"微信支付拒绝了凭据({rejected.code}):核对 ROULIAN_PAY_ 开头的商户号、证书序列号和私钥",
            f"WeChat Pay refused the credentials ({rejected.code}): check merchant, serial and key in ROULIAN_PAY_…",
        )
    except Unreachable as error:
        return silent("微信支付", "WeChat Pay", error)
    return good


async def clock(settings: Settings) -> Finding:
    """Whether this machine's time is near enough to WeChat's."""
    try:
        ahead_s = await skew_s(PAY_URL, clock=WallClock(), transport=way_out(settings, None))
    except Unreachable as error:
        return silent("微信支付", "WeChat Pay", error)
    return told_skew(ahead_s)


def told_skew(ahead_s: float) -> Finding:
    """What `ahead_s` seconds ahead of WeChat mean."""
    if abs(ahead_s) <= NOTABLE_SKEW_S:
        return Finding(Grade.GOOD, f"时钟准确(差 {ahead_s:.0f} 秒)", f"The clock is right ({ahead_s:.0f} s off)")
    return Finding(
        Grade.BAD if abs(ahead_s) > MOST_SKEW_S else Grade.WATCH,
        f"时钟差 {ahead_s:.0f} 秒,超过 {MOST_SKEW_S} 秒时微信支付会拒绝:请启用 NTP 对时",
        f"The clock is {ahead_s:.0f} s off; beyond {MOST_SKEW_S} s WeChat Pay refuses: turn on NTP",
    )
