"""What an operator does about each refusal, and where in WeChat's own pages."""

import re
from collections.abc import Mapping

from roulian import tell
from roulian.cli.doctor.findings import Finding, Grade
from roulian.gateways.wechat import Refused
from roulian.words import Rejected

_IP = re.compile(r"invalid ip ([0-9a-fA-F.:]+)")
_BASIC_ZH, _BASIC_EN = "微信公众平台 › 设置与开发 › 基本配置", "mp.weixin.qq.com › Settings › Basic configuration"
_RIGHTS_ZH, _RIGHTS_EN = "微信公众平台 › 设置与开发 › 接口权限", "mp.weixin.qq.com › Settings › Interface rights"

_ADVICE: Mapping[str, tuple[str, str]] = {
    "40164": (
        "服务器 IP {detail} 不在白名单。到「{basic_zh} › IP 白名单」加入这个 IP",
        "the server's IP {detail} is not on the whitelist. Add it at {basic_en} › IP whitelist",
    ),
    "40125": (
        "AppSecret 不对。到「{basic_zh}」重置 AppSecret,再填到控制台“账号”页(或 ROULIAN_WECHAT_SECRET)",
        "the AppSecret is wrong. Reset it at {basic_en}, then enter it on the console's accounts page",
    ),
    "40013": (
        "AppID 不存在。核对「{basic_zh}」里的 AppID(以 wx 开头)",
        "there is no such AppID. Compare it with the one at {basic_en}; it begins with wx",
    ),
    "41004": (
        "没有填 AppSecret。到控制台“账号”页填写",
        "no AppSecret was entered. Enter it on the console's accounts page",
    ),
    "40243": ("AppSecret 已被冻结。到「{basic_zh}」解冻", "the AppSecret is frozen. Unfreeze it at {basic_en}"),
    "50002": (
        "账号被微信限制或冻结。登录微信公众平台,在「通知中心」查看原因并申诉",
        "WeChat froze or limited the account. See the notices at mp.weixin.qq.com and appeal",
    ),
    "61003": (
        "账号没有授权给我们的第三方平台。在控制台“账号”页请管理员重新扫码授权",
        "the account has not authorised our open platform. Have its owner scan again on the console's accounts page",
    ),
    "61004": (
        "第三方平台的服务器 IP 不在白名单。到「微信开放平台 › 第三方平台 › 开发配置」加入",
        "the platform's IP is not on its whitelist. Add it at open.weixin.qq.com › third-party platform › development",
    ),
    "61023": (
        "授权凭证已失效。在控制台“账号”页请管理员重新扫码授权",
        "the authorisation is void. Have the owner scan again on the console's accounts page",
    ),
    "no_ticket": (
        "还没有收到 component_verify_ticket。核对「微信开放平台 › 第三方平台 › 授权事件接收 URL」,微信每 10 分钟推送一次",
        "no component_verify_ticket has come. Check the event URL at open.weixin.qq.com; WeChat pushes every ten minutes",
    ),
    "no_platform": (
        "账号是扫码授权的,但没有设置 ROULIAN_WECHAT_PLATFORM_…",
        "the account authorised a platform, but ROULIAN_WECHAT_PLATFORM_… is not set",
    ),
    "unknown_appid": (
        "没有填写这个账号的密钥,或授权已取消。到控制台“账号”页填写或重新授权",
        "its secret was never entered, or its authorisation was taken back. See the console's accounts page",
    ),
}
_ADVICE_89503 = (
    "调用 IP 需要管理员确认。请管理员在微信里确认,或把 IP 加入「{basic_zh} › IP 白名单」",
    "the calling IP needs the administrator's consent: confirm it in WeChat, or add it at {basic_en} › IP whitelist",
)


def refused(account: tell.Account, no: Rejected) -> Finding:
    """The account cannot be spoken for at all."""
    zh, en = _ADVICE.get(no.code, _ADVICE_89503 if no.code.startswith("8950") else _unknown(no))
    address = _IP.search(no.message)
    facts = {
        "detail": address.group(1) if address else "",
        "basic_zh": _BASIC_ZH,
        "basic_en": _BASIC_EN,
    }
    return Finding(
        Grade.BAD,
        f"{account.name}({account.appid}):{zh.format(**facts)}{_trace_zh(no)}",
        f"{account.appid}: {en.format(**facts)}{_trace_en(no)}",
    )


def missing_right(account: tell.Account, what_zh: str, what_en: str, no: Refused) -> Finding:
    """The account may not do one thing that the platform does with it."""
    if account.mode is tell.AccountMode.AUTHORISED:
        zh = "请管理员在控制台“账号”页重新扫码,并勾选相应的权限集"
        en = "have the owner scan again on the console's accounts page and tick the permission set"
    else:
        zh = f"到「{_RIGHTS_ZH}」查看;多数接口要求账号已完成微信认证"
        en = f"see {_RIGHTS_EN}; most interfaces need a verified account"
    return Finding(
        Grade.WATCH,
        f"{account.name}({account.appid}):没有“{what_zh}”的权限({no.code})。{zh}",
        f"{account.appid}: no right to {what_en} ({no.code}); {en}",
    )


def _unknown(no: Rejected) -> tuple[str, str]:
    said = no.message.replace("{", "(").replace("}", ")")
    return f"微信拒绝:{no.code} {said}", f"WeChat refuses: {no.code} {said}"


def _trace_zh(no: Rejected) -> str:
    return f"(rid {no.trace})" if no.trace else ""


def _trace_en(no: Rejected) -> str:
    return f" (rid {no.trace})" if no.trace else ""
