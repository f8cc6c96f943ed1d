"""`roulian keys`: what seals what, and rotation that a running platform survives."""

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from roulian import tell
from roulian.app import Settings, read
from roulian.cli import roulian
from roulian.store import Store
from roulian.words import Ids, WallClock

APPID, SECRETS = "wx0a1b2c3d4e5f6071", tell.Secrets(secret="s3cret")


@pytest.fixture
def brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation with one account in its matrix."""
    for name in [name for name in os.environ if name.startswith("ROULIAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROULIAN_HOME", str(tmp_path / "var"))
    settings = read(os.environ)
    with closing(opened(settings)) as store:
        store.migrate()
        store.call(lambda tx: tell.save_secrets(tx, APPID, secrets=SECRETS, ring=settings.key_ring))
    return settings


def opened(settings: Settings) -> Store:
    return Store.open(settings.database_url, clock=WallClock(), ids=Ids(lambda bits: bits))


@pytest.fixture
def store(brand: Settings) -> Iterator[Store]:
    with closing(opened(brand)) as store:
        yield store


def run(*words: str) -> str:
    answer = CliRunner().invoke(roulian, ["keys", *words])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_the_list_says_which_key_seals_how_much(brand: Settings):
    assert "k1  封存新值 · seals  1 个账号" in run("list")


def test_rotation_seals_anew_and_a_running_platform_goes_on(brand: Settings, store: Store):
    said = run("rotate")

    assert "k2" in said
    assert store.read(tell.secret_keys) == {APPID: "k2"}
    assert store.read(lambda tx: tell.account_secrets(tx, APPID, ring=brand.key_ring)) == SECRETS
    assert brand.key_ring.newest == "k2"
    assert (brand.home / "keyring").stat().st_mode & 0o777 == 0o600
    assert "k1  只用于打开 · opens  0" in run("list")
    keys = (brand.home / "keyring").read_text().replace(":", " ").split()[1::2]
    assert not any(key in said for key in keys)


def test_a_ring_in_the_environment_is_rotated_by_its_keeper(
    brand: Settings, store: Store, monkeypatch: pytest.MonkeyPatch
):
    old = (brand.home / "keyring").read_text()
    monkeypatch.setenv("ROULIAN_KEY_RING", f"new:{'ab' * 32} {old}")

    said = run("rotate")

    assert store.read(tell.secret_keys) == {APPID: "new"}
    assert "ROULIAN_KEY_RING" in said
    assert (brand.home / "keyring").read_text() == old


def test_a_key_that_is_missing_is_named(brand: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("ROULIAN_KEY_RING", f"other:{'ab' * 32}")

    said = run("list")

    assert "缺少密钥 k1" in said
    assert "ab" * 32 not in said


def test_a_ring_others_may_read_is_refused(brand: Settings):
    (brand.home / "keyring").chmod(0o644)

    answer = CliRunner().invoke(roulian, ["keys", "list"])

    assert answer.exit_code != 0
    assert "chmod 600" in answer.exception.text("zh")
