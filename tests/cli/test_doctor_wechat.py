"""`roulian doctor wechat`: each fault of an account is named in plain words, with what to do and where."""

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from gateways.live.home import a_private_key
from house import MINI, PLATFORM, SMALL_BRAND, House, give_platform
from roulian import tell
from roulian.app import BadSetting, Settings, read
from roulian.cli import roulian
from roulian.cli.doctor.findings import Finding, Grade
from roulian.cli.doctor.wechat import COLLECTED, checkup, examined, platform

pytestmark = pytest.mark.anyio


async def found(house: House, appid: str = "") -> list[Finding]:
    """The findings about one account, or all."""
    return [finding async for finding in checkup(house.app) if appid in finding.zh]


def said(findings: list[Finding], grade: Grade) -> str:
    return "\n".join(f"{finding.zh}\n{finding.en}" for finding in findings if finding.grade is grade)


def official(house: House) -> str:
    """The appid of an official account of the brand."""
    return house.app.store.read(tell.publishers)[0]


async def change(house: House, appid: str, **how: object) -> None:
    """WeChat's side of an account is changed, the rest of it as it was."""
    known = (await house.look("account", appid=appid))["account"]
    names = ("kind", "secret", "token", "aes_key", "open_appid", "callback_url")
    await house.control("accounts", **{"appid": appid, **{name: known[name] for name in names}, **how})


async def test_a_brand_in_order_has_nothing_to_do_but_look_at_its_privacy_guide(house: House):
    findings = await found(house)

    assert said(findings, Grade.BAD) == ""
    assert "凭据可用" in said(findings, Grade.GOOD)
    assert "回调地址" in said(findings, Grade.GOOD)
    assert "用户隐私保护指引" in said(findings, Grade.WATCH)


async def test_an_address_that_is_not_on_the_list_is_named_with_the_page_to_add_it(house: House):
    await house.control("accounts/ip_whitelist", appid=MINI, ips=["10.9.9.9"])

    told = said(await found(house, MINI), Grade.BAD)

    assert "IP 127.0.0.1 不在白名单" in told
    assert "基本配置 › IP 白名单" in told
    assert "rid" in told
    assert "凭据可用" not in said(await found(house, MINI), Grade.GOOD)


async def test_a_wrong_secret_is_told_without_showing_it(house: House):
    await change(house, MINI, secret="another")
    secret = house.app.credentials.mini_program.secret

    findings = await found(house, MINI)

    assert "AppSecret 不对" in said(findings, Grade.BAD)
    assert "重置 AppSecret" in said(findings, Grade.BAD)
    assert secret not in str(findings)


async def test_an_appid_there_is_not_is_told(house: House):
    stranger = tell.Account.of("wx_stranger", kind="service_account", name="写错的号")
    ring = house.settings.key_ring
    house.app.store.call(lambda tx: tell.enter_account(tx, stranger, secrets=tell.Secrets("s"), ring=ring))

    assert "AppID 不存在" in said(await found(house, "wx_stranger"), Grade.BAD)


async def test_an_account_without_a_secret_is_told_where_to_enter_it(house: House):
    bare = tell.Account.of("wx_bare", kind="service_account", name="没填的号")
    house.app.store.call(lambda tx: tell.add_accounts(tx, [bare]))

    assert "控制台“账号”页" in said(await found(house, "wx_bare"), Grade.BAD)


async def test_an_account_on_no_open_account_has_no_unionids(house: House):
    await change(house, MINI, open_appid="")

    told = said(await found(house, MINI), Grade.WATCH)

    assert "拿不到 unionid" in told
    assert "open.weixin.qq.com" in told


async def test_accounts_on_two_open_accounts_do_not_match(house: House):
    await change(house, MINI, open_appid="wxopen0002")

    assert "绑在不同的开放平台账号上" in said(await found(house), Grade.BAD)


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/cgi-bin/draft/count", "草稿与发布"),
        ("/datacube/getarticleread", "图文数据"),
        ("/cgi-bin/tags/get", "用户管理"),
    ],
)
async def test_a_missing_right_is_named_by_what_it_is_for(house: House, path: str, what: str):
    appid = official(house)
    await house.fault("errcode", path=path, owner=appid, errcode=48001)

    told = said(await found(house, appid), Grade.WATCH)

    assert f"没有“{what}”的权限(48001)" in told
    assert "接口权限" in told


async def test_a_callback_that_is_not_configured_or_not_reachable_is_told(house: House):
    ring, secrets = house.settings.key_ring, house.app.credentials.mini_program
    keyless = tell.Secrets(secret=secrets.secret)
    house.app.store.call(lambda tx: tell.save_secrets(tx, MINI, secrets=keyless, ring=ring))
    unset = said(await found(house, MINI), Grade.WATCH)
    house.app.store.call(
        lambda tx: tell.save_secrets(
            tx, MINI, secrets=replace(keyless, callback_token="t", callback_aes_key="k" * 43), ring=ring
        )
    )
    house.app.settings = replace(house.settings, public_url="https://shop.example/wrong")
    wrong = said(await found(house, MINI), Grade.BAD)

    assert "没有填 Token 和 EncodingAESKey" in unset
    assert "服务器配置" in unset
    assert "回调地址 https://shop.example/wrong/wechat/callback" in wrong
    assert "ROULIAN_PUBLIC_URL" in wrong


async def authorise(house: House, appid: str, sets: list[int] | None = None) -> None:
    """The account is spoken for through a platform of the brand."""
    await give_platform(house)
    choice = {} if sets is None else {"sets": sets}
    await house.control("platforms/authorize", platform=PLATFORM, appid=appid, **choice)
    await house.settle()


async def test_what_we_collect_and_do_not_declare_is_named(house: House):
    await authorise(house, MINI)
    none = said(await found(house, MINI), Grade.BAD)
    await house.control("privacy/declare", appid=MINI, keys=[*COLLECTED])

    all_told = await found(house, MINI)

    assert "隐私指引没有声明 手机号码" in none
    assert "用户隐私保护指引" in none
    assert "隐私指引已声明我们收集的全部信息" in said(all_told, Grade.GOOD)


async def test_an_authorised_account_whose_owner_ticked_too_little_is_asked_to_scan_again(house: House):
    appid = official(house)
    await authorise(house, appid, sets=[2])

    told = said(await found(house, appid), Grade.WATCH)

    assert "没有“图文数据”的权限(61007)" in told
    assert "重新扫码" in told
    assert await house.calls("/datacube/getarticleread") == []


async def test_an_authorisation_taken_back_is_told(house: House):
    appid = official(house)
    await authorise(house, appid)
    await house.control("platforms/unauthorize", platform=PLATFORM, appid=appid)

    assert "重新扫码授权" in said(await found(house, appid), Grade.BAD)
    assert "授权已取消" in said(await found(house, appid), Grade.BAD)


def test_the_command_examines_the_sandboxs_brand_and_exits_well(tmp_path, monkeypatch):
    monkeypatch.setenv("ROULIAN_HOME", str(tmp_path / "var"))

    answer = CliRunner().invoke(roulian, ["doctor", "wechat"])

    assert answer.exit_code == 0, answer.output
    assert "凭据可用" in answer.output
    assert "WeChat takes its credentials" in answer.output


def live(folder: Path, **more: str) -> Settings:
    """The settings of an operator who has entered everything and started nothing."""
    merchant, platform_key = folder / "merchant.pem", folder / "platform.pem"
    for path, text in zip((merchant, platform_key), a_private_key(), strict=True):
        path.write_text(text)
        path.chmod(0o600)
    given = {
        "ROULIAN_OUTSIDE": "live",
        "ROULIAN_WECHAT_APPID": "wx_first_start",
        "ROULIAN_WECHAT_SECRET": "s",
        "ROULIAN_WECHAT_CALLBACK_TOKEN": "t",
        "ROULIAN_WECHAT_CALLBACK_AES_KEY": "k" * 43,
        "ROULIAN_PAY_MCHID": "1900000001",
        "ROULIAN_PAY_SERIAL": "S",
        "ROULIAN_PAY_KEY_FILE": str(merchant),
        "ROULIAN_PAY_API_V3_KEY": "v" * 32,
        "ROULIAN_PAY_PLATFORM_KEY_ID": "PUB_KEY_ID_1",
        "ROULIAN_PAY_PLATFORM_KEY_FILE": str(platform_key),
        **more,
    }
    return read(given, home=folder / "var")


@pytest.mark.parametrize("is_own", [True, False], ids=["its own store", "a spare one"])
async def test_before_the_first_start_the_environments_mini_program_is_examined(tmp_path: Path, *, is_own: bool):
    app = await platform(live(tmp_path), None if is_own else tmp_path)

    known = await app.store.ask(tell.accounts)
    await app.close()

    assert ("wx_first_start", tell.AccountKind.MINI_PROGRAM) in [(account.appid, account.kind) for account in known]


def listed(folder: Path, text: str) -> dict[str, str]:
    """An accounts file that its owner alone may read."""
    path = folder / "accounts.toml"
    path.write_text(text)
    path.chmod(0o600)
    return {"ROULIAN_WECHAT_ACCOUNTS_FILE": str(path)}


BAKING = """
[[account]]
appid = "wx_baking"
kind = "service_account"
name = "烘焙圈"
secret = "a-secret-of-this-test"
role = "vertical"
audience = "烘焙爱好者"
"""


@pytest.mark.parametrize("is_own", [True, False], ids=["its own store", "a spare one"])
async def test_an_account_of_the_accounts_file_stands_in_the_matrix_and_may_send(tmp_path: Path, *, is_own: bool):
    settings = live(tmp_path, **listed(tmp_path, BAKING))
    app = await platform(settings, None if is_own else tmp_path)

    known = await app.store.ask(lambda tx: tell.account(tx, "wx_baking"))
    sealed = await app.store.ask(lambda tx: tell.account_secrets(tx, "wx_baking", ring=settings.key_ring))
    senders = await app.store.ask(lambda tx: tell.senders(tx, templates={}))
    await app.close()

    assert known == tell.Account(
        "wx_baking", tell.AccountKind.SERVICE, "烘焙圈", tell.Role.VERTICAL, audience="烘焙爱好者"
    )
    assert sealed == tell.Secrets(secret="a-secret-of-this-test")
    assert "wx_baking" in [sender.appid for sender in senders]


async def test_a_row_edited_in_the_console_outlives_the_next_start(tmp_path: Path):
    first = await platform(live(tmp_path, **listed(tmp_path, BAKING)), None)
    edited = tell.Account("wx_baking", tell.AccountKind.SERVICE, "烘焙与咖啡", tell.Role.CONTENT)
    await first.store.run(lambda tx: tell.save_accounts(tx, [edited]), cause="console.account")
    await first.close()

    changed = BAKING.replace("a-secret-of-this-test", "a-newer-secret")
    again = await platform(live(tmp_path, **listed(tmp_path, changed)), None)
    known = await again.store.ask(lambda tx: tell.account(tx, "wx_baking"))
    sealed = await again.store.ask(lambda tx: tell.account_secrets(tx, "wx_baking", ring=again.settings.key_ring))
    await again.close()

    assert known == edited
    assert sealed == tell.Secrets(secret="a-newer-secret")


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (BAKING.replace('name = "烘焙圈"\n', ""), "name"),
        (BAKING.replace("service_account", "service"), "kind"),
        (BAKING.replace("wx_baking", "gh_baking"), "AppID"),
        (BAKING.replace("audience", "audienz"), "audienz"),
        (BAKING + 'callback_token = "t"\n', "EncodingAESKey"),
    ],
)
def test_an_accounts_file_that_cannot_be_right_says_what_and_shows_no_secret(tmp_path: Path, broken: str, why: str):
    with pytest.raises(BadSetting) as refused:
        live(tmp_path, **listed(tmp_path, broken))

    assert refused.value.name == "ROULIAN_WECHAT_ACCOUNTS_FILE"
    assert why in refused.value.text("en")
    assert "a-secret-of-this-test" not in refused.value.text("zh") + refused.value.text("en")


async def test_in_a_sandbox_it_says_first_that_the_demo_itself_is_not_examined(tmp_path: Path):
    found = await examined({"ROULIAN_HOME": str(tmp_path / "var"), "ROULIAN_BRAND": str(SMALL_BRAND)})

    assert found[0].grade is Grade.WATCH
    assert "临时搭建" in found[0].zh
    assert any("凭据可用" in finding.zh for finding in found[1:])


def test_the_command_says_what_is_wrong_with_the_settings(tmp_path, monkeypatch):
    monkeypatch.setenv("ROULIAN_HOME", str(tmp_path / "var"))
    monkeypatch.setenv("ROULIAN_OUTSIDE", "live")

    answer = CliRunner().invoke(roulian, ["doctor", "wechat"])

    assert answer.exit_code == 1
    assert "ROULIAN_WECHAT_APPID" in answer.output
