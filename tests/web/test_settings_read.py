"""Settings as the composition root reads them: templates of one's own, and a clear no for a file that cannot be read."""

from pathlib import Path

import pytest

from roulian.app import BadSetting, read
from roulian.tell import Scenario


def test_the_brands_own_template_ids_are_read_by_scenario(tmp_path: Path):
    (tmp_path / "templates.toml").write_text('delay = "Zx81"\nrefunded = "Qq42"\n')

    settings = read({"ROULIAN_WECHAT_TEMPLATES_FILE": str(tmp_path / "templates.toml")}, home=tmp_path)

    assert settings.templates == {Scenario.DELAY: "Zx81", Scenario.REFUNDED: "Qq42"}
    assert read({}, home=tmp_path).templates == {}


@pytest.mark.parametrize("content", [None, "delay = 3", 'nonsense = "x"', "delay ="])
def test_a_template_file_that_cannot_be_used_is_refused_by_name(tmp_path: Path, content: str | None):
    path = tmp_path / "templates.toml"
    if content is not None:
        path.write_text(content)

    with pytest.raises(BadSetting) as refused:
        read({"ROULIAN_WECHAT_TEMPLATES_FILE": str(path)}, home=tmp_path)

    assert "ROULIAN_WECHAT_TEMPLATES_FILE" in refused.value.text("zh")
    assert "docs/settings.md" in refused.value.text("en")


def a_secrets_file(folder: Path, text: str, mode: int = 0o600) -> dict[str, str]:
    path = folder / "secrets.env"
    path.write_text(text)
    path.chmod(mode)
    return {"ROULIAN_SECRETS_FILE": str(path)}


def test_settings_may_stand_in_a_file_that_only_its_owner_reads(tmp_path: Path):
    file = a_secrets_file(tmp_path, "# keys\n\nROULIAN_PARTNER_KEY = from-file\nROULIAN_SPEED=60\n")

    settings = read({**file, "ROULIAN_SPEED": "120"}, home=tmp_path)

    assert (settings.partner_key, settings.speed) == ("from-file", 120)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_secrets_file_others_may_read_is_refused_and_told_how_to_close(tmp_path: Path, mode: int):
    file = a_secrets_file(tmp_path, "ROULIAN_PARTNER_KEY=from-file\n", mode)

    with pytest.raises(BadSetting) as refused:
        read(file, home=tmp_path)

    assert "chmod 600" in refused.value.text("zh")
    assert "from-file" not in refused.value.text("zh") + refused.value.text("en") + str(refused.value)


def test_a_secrets_file_with_a_setting_there_is_not_is_refused_without_its_value(tmp_path: Path):
    with pytest.raises(BadSetting) as refused:
        read(a_secrets_file(tmp_path, "ROULIAN_PARTNER_KEI=from-file\n"), home=tmp_path)

    assert "ROULIAN_PARTNER_KEI" in refused.value.text("en")
    assert "from-file" not in refused.value.text("en")
    with pytest.raises(BadSetting):
        read({"ROULIAN_SECRETS_FILE": str(tmp_path / "nowhere")}, home=tmp_path)


def test_the_kept_keys_are_refused_once_others_may_read_them(tmp_path: Path):
    read({}, home=tmp_path)
    (tmp_path / "keys").chmod(0o644)

    with pytest.raises(BadSetting):
        read({}, home=tmp_path)


LIVE = {
    "ROULIAN_OUTSIDE": "live",
    "ROULIAN_WECHAT_APPID": "wx1",
    "ROULIAN_WECHAT_SECRET": "s",
    "ROULIAN_WECHAT_CALLBACK_TOKEN": "t",
    "ROULIAN_WECHAT_CALLBACK_AES_KEY": "k" * 43,
    "ROULIAN_PAY_MCHID": "1900000001",
    "ROULIAN_PAY_SERIAL": "S",
    "ROULIAN_PAY_API_V3_KEY": "v" * 32,
    "ROULIAN_PAY_PLATFORM_KEY_ID": "PUB_KEY_ID_1",
}


def live(folder: Path, *, key_mode: int = 0o600, **more: str) -> dict[str, str]:
    for name, mode in (("merchant.pem", key_mode), ("platform.pem", 0o644)):
        (folder / name).write_text(name)
        (folder / name).chmod(mode)
    files = {
        "ROULIAN_PAY_KEY_FILE": str(folder / "merchant.pem"),
        "ROULIAN_PAY_PLATFORM_KEY_FILE": str(folder / "platform.pem"),
    }
    return {**LIVE, **files, **more}


def test_the_merchants_key_must_be_private_and_pays_own_need_not(tmp_path: Path):
    assert read(live(tmp_path), home=tmp_path).credentials is not None

    with pytest.raises(BadSetting) as refused:
        read(live(tmp_path, key_mode=0o640), home=tmp_path)

    assert refused.value.name == "ROULIAN_PAY_KEY_FILE"


def test_an_open_platform_is_named_whole_or_not_at_all(tmp_path: Path):
    whole = {f"ROULIAN_WECHAT_PLATFORM_{name}": name for name in ("APPID", "SECRET", "TOKEN", "AES_KEY")}

    none, given = (read(live(tmp_path, **more), home=tmp_path).credentials for more in ({}, whole))
    with pytest.raises(BadSetting) as refused:
        read(live(tmp_path, ROULIAN_WECHAT_PLATFORM_APPID="wx"), home=tmp_path)

    assert none is not None
    assert none.platform is None
    assert given is not None
    assert given.platform is not None
    assert given.platform.appid == "APPID"
    assert refused.value.name == "ROULIAN_WECHAT_PLATFORM_SECRET"
