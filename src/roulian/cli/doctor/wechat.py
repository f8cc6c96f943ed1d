"""Every account of the matrix, asked what an operator would otherwise learn from a failed send.

The questions have no effect. What they show is remembered as the platform itself remembers it: tokens and rights.
"""

import secrets
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from roulian import tell
from roulian.app import App, Outside, Settings, compose, read
from roulian.app.brand import load, read_brand
from roulian.app.memory import add_mini_program
from roulian.app.play import disposable
from roulian.cli.doctor import advice
from roulian.cli.doctor.findings import Finding, Grade, silent
from roulian.cli.doctor.installation import database
from roulian.gateways.transport import Transport, in_process
from roulian.gateways.wechat import Reaction, Refused, WeChat, answer_of, reaction_to
from roulian.words import Clock, Refusal, Rejected, Unreachable, WallClock

COLLECTED: Mapping[str, tuple[str, str]] = {
    "PhoneNumber": ("手机号码", "phone numbers"),
    "Address": ("收货地址", "addresses"),
    "EXOrderInfo": ("订单信息", "orders"),
    "EXUserOpLog": ("操作日志(浏览、收藏、加购)", "behaviour: views, favourites, carts"),
    "EXUserPublishContent": ("发布内容(评价、定制文字)", "what people write: reviews, custom texts"),
}
"""What we collect of people, by the keys of WeChat's privacy guide."""

_PRIVACY_ZH = "微信公众平台(小程序) › 设置 › 服务内容声明 › 用户隐私保护指引"
_PRIVACY_EN = "mp.weixin.qq.com (mini-program) › Settings › Service declaration › Privacy guide"
_CALLBACK_ZH = "微信公众平台 › 设置与开发 › 基本配置 › 服务器配置(小程序:开发管理 › 消息推送)"
_CALLBACK_EN = "mp.weixin.qq.com › Settings › Basic configuration › Server (mini-program: Development › Push)"
_NONCE_BITS = 60


@dataclass(frozen=True, slots=True)
class _Right:
    """One thing the platform does with an account, and a question without effect that needs the same right."""

    zh: str
    en: str
    ask: Callable[[WeChat, str, Clock], Awaitable[object]]


async def _yesterdays_reads(wechat: WeChat, appid: str, clock: Clock) -> object:
    yesterday = clock.now().day().before(1)
    return await wechat.statistics.article_reads(appid, yesterday, yesterday)


async def _yesterdays_visits(wechat: WeChat, appid: str, clock: Clock) -> object:
    return await wechat.statistics.visits(appid, clock.now().day().before(1))


_OFFICIAL = (
    _Right("草稿与发布", "drafts and publishing", lambda wechat, appid, _: wechat.content.draft_count(appid)),
    _Right("用户管理", "followers", lambda wechat, appid, _: wechat.followers.tags(appid)),
    _Right("图文数据", "article statistics", _yesterdays_reads),
)
_MINI = (
    _Right("发货信息管理", "shipping information", lambda wechat, appid, _: wechat.shipping.is_trade_managed(appid)),
    _Right("数据分析", "visit statistics", _yesterdays_visits),
)


_SPARE = Finding(
    Grade.WATCH,
    "沙箱模式:以下检查的是用同一品牌临时搭建的平台,不是正在运行的演示;演示里的账号请看控制台“账号”页",
    "Sandbox: a platform built anew for this examination, of the same brand, not the demo in ROULIAN_HOME;"
    " the demo's own accounts stand on the console's accounts page",
)


async def examined(environ: Mapping[str, str]) -> list[Finding]:
    """What the accounts of this installation show; a sandbox's are examined in one that is thrown away."""
    try:
        settings = read(environ)
    except Refusal as refusal:
        return [Finding(Grade.BAD, refusal.text("zh"), refusal.text("en"))]
    memory = list(database(settings))
    if Grade.BAD in {finding.grade for finding in memory}:
        return memory
    is_own = settings.outside is Outside.LIVE and Grade.GOOD in {finding.grade for finding in memory}
    head = [_SPARE] if settings.outside is Outside.SANDBOX else []
    with tempfile.TemporaryDirectory(prefix="roulian-doctor-") as home:
        app = await platform(settings, None if is_own else Path(home))
        try:
            return head + [finding async for finding in checkup(app)]
        finally:
            await app.close()


async def platform(settings: Settings, spare: Path | None) -> App:
    """The platform on its own store; or, with `spare`, on one for this examination alone.

    The environment's mini-program is among its accounts even before the first start: that is when it is examined.
    """
    brand = read_brand(settings.brand)
    app = await compose(
        settings if spare is None else disposable(settings, home=spare),
        brand=brand,
        clock=WallClock(),
        chance=secrets.randbits,
        in_memory_sandbox=True,
    )
    if spare is not None:
        await app.store.run(lambda tx: load(tx, brand), cause="brand.load")
    await app.store.run(lambda tx: add_mini_program(tx, app.outside.appid), cause="account.enter")
    return app


async def checkup(app: App) -> AsyncIterator[Finding]:
    """The findings about every account of `app`, one account after the other."""
    transport = in_process(app.asgi) if app.sandbox is not None else None
    accounts = await app.store.ask(tell.accounts)
    hung: set[str] = set()
    for account in accounts:
        try:
            opened = await app.outside.wechat.platform.open_account(account.appid)
        except Rejected as no:
            if reaction_to(no) is not Reaction.NOT_AUTHORISED:
                yield advice.refused(account, no)
                continue
            opened = ""
        except Unreachable as error:
            yield silent("微信", "WeChat", error)
            return
        yield Finding(
            Grade.GOOD, f"{account.name}({account.appid}):凭据可用", f"{account.appid}: WeChat takes its credentials"
        )
        if opened is None:
            yield _unbound(account)
        elif opened:
            hung.add(opened)
        async for finding in _about(app, account, transport):
            yield finding
    if len(hung) > 1:
        yield _apart(hung)


async def _about(app: App, account: tell.Account, transport: Transport | None) -> AsyncIterator[Finding]:
    wechat = app.outside.wechat
    is_mini = account.kind is tell.AccountKind.MINI_PROGRAM
    for right in _MINI if is_mini else _OFFICIAL:
        try:
            await right.ask(wechat, account.appid, app.clock)
        except Refused as no:
            if no.reaction is Reaction.NOT_AUTHORISED:
                yield advice.missing_right(account, right.zh, right.en, no)
            else:
                yield advice.refused(account, no)
        except Unreachable as error:
            yield silent("微信", "WeChat", error)
    yield await _callback(app, account, transport)
    if is_mini:
        yield await _privacy(wechat, account)


async def _callback(app: App, account: tell.Account, transport: Transport | None) -> Finding:
    url = f"{app.settings.public_url}/wechat/callback/{account.appid}"
    echo, nonce = secrets.token_hex(8), str(secrets.randbits(_NONCE_BITS))
    try:
        question = await app.outside.wechat.inbox.question(account.appid, nonce=nonce, echo=echo)
        said = await answer_of(url, question, transport=transport)
    except Rejected as no:
        return _bad_callback(account, url, no.code)
    except Unreachable as error:
        return _bad_callback(account, url, str(error))
    if said != echo:
        return _bad_callback(account, url, "echo")
    return Finding(
        Grade.GOOD,
        f"{account.name}({account.appid}):回调地址 {url} 可用",
        f"{account.appid}: the callback address {url} answers rightly",
    )


def _bad_callback(account: tell.Account, url: str, why: str) -> Finding:
    if why == "unknown_appid":
        return Finding(
            Grade.WATCH,
            f"{account.name}({account.appid}):没有填 Token 和 EncodingAESKey,收不到微信推送。"
            f"到「{_CALLBACK_ZH}」填 URL {url},选“安全模式”,再把两项填到控制台“账号”页",
            f"{account.appid}: no Token and EncodingAESKey, so WeChat's pushes are lost. Enter the URL {url} at"
            f" {_CALLBACK_EN} in safe mode, then both on the console's accounts page",
        )
    return Finding(
        Grade.BAD,
        f"{account.name}({account.appid}):回调地址 {url} 不通({why})。检查 ROULIAN_PUBLIC_URL、域名、证书和反向代理,"
        f"再到「{_CALLBACK_ZH}」点“提交”验证",
        f"{account.appid}: the callback address {url} does not answer ({why}). Check ROULIAN_PUBLIC_URL, DNS,"
        f" certificate and proxy, then submit it at {_CALLBACK_EN}",
    )


def _unbound(account: tell.Account) -> Finding:
    return Finding(
        Grade.WATCH,
        f"{account.name}({account.appid}):没有绑定微信开放平台,拿不到 unionid,同一顾客在各账号里会是不同的人。"
        "到 open.weixin.qq.com › 管理中心 绑定,所有账号绑同一个开放平台账号",
        f"{account.appid}: hangs on no open account, so there is no unionid and one customer counts as several."
        " Bind it at open.weixin.qq.com › Management, all accounts to the same one",
    )


def _apart(hung: set[str]) -> Finding:
    named = "、".join(sorted(hung))
    return Finding(
        Grade.BAD,
        f"账号分别绑在不同的开放平台账号上({named}),unionid 对不上。到 open.weixin.qq.com 把它们绑到同一个",
        f"The accounts hang on different open accounts ({named}), so unionids do not match. Bind them to one",
    )


async def _privacy(wechat: WeChat, account: tell.Account) -> Finding:
    try:
        declared = await wechat.platform.declared_privacy(account.appid)
    except Rejected:
        items = "、".join(zh for zh, _ in COLLECTED.values())
        return Finding(
            Grade.WATCH,
            f"{account.name}({account.appid}):微信不告知自有密钥账号的隐私指引。请到「{_PRIVACY_ZH}」确认已声明:{items}",
            f"{account.appid}: WeChat does not tell its privacy guide. Check at {_PRIVACY_EN} that it declares:"
            f" {'; '.join(en for _, en in COLLECTED.values())}",
        )
    except Unreachable as error:
        return silent("微信", "WeChat", error)
    missing = [names for key, names in COLLECTED.items() if key not in declared]
    if not missing:
        return Finding(
            Grade.GOOD,
            f"{account.name}({account.appid}):隐私指引已声明我们收集的全部信息",
            f"{account.appid}: the privacy guide declares all we collect",
        )
    return Finding(
        Grade.BAD,
        f"{account.name}({account.appid}):隐私指引没有声明 {'、'.join(zh for zh, _ in missing)},相关接口会失败。"
        f"到「{_PRIVACY_ZH}」补充并发布",
        f"{account.appid}: the privacy guide does not declare {'; '.join(en for _, en in missing)}; those interfaces"
        f" fail. Add them at {_PRIVACY_EN} and publish",
    )
