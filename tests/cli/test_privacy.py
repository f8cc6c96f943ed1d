"""`roulian staff` and `roulian privacy`: the first admin, a person's request, keys that change, the record walked."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from roulian import people
from roulian.app import Settings, read
from roulian.cli import roulian
from roulian.store import Store, Tx
from roulian.words import Ids, MemberId, Refusal, WallClock

PASSWORD, PHONE = "铁马冰河入梦来 2026", "+8613800138000"


@pytest.fixture
def brand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """An installation that nobody works in and nobody has visited."""
    for name in [name for name in os.environ if name.startswith("ROULIAN_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ROULIAN_HOME", str(tmp_path / "var"))
    settings = read(os.environ)
    with closing(opened(settings)) as store:
        store.migrate()
    return settings


def opened(settings: Settings) -> Store:
    return Store.open(settings.database_url, clock=WallClock(), ids=Ids(lambda bits: bits))


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(roulian, list(words), input=typed)


def a_member(settings: Settings) -> MemberId:
    def work(tx: Tx) -> MemberId:
        member = people.sign_in(tx, appid="wx1", openid="o-secret-openid", unionid=None)
        return people.set_phone(tx, settings.key_ring, member=member, phone=PHONE)

    with closing(opened(settings)) as store:
        return store.call(work)


def test_the_first_admin_is_made_here_and_a_weak_password_is_refused(brand: Settings):
    weak = run("staff", "add", "wang", "--name", "王芳", "--role", "admin", typed="12345678\n12345678\n")
    made = run("staff", "add", "wang", "--name", "王芳", "--role", "admin", typed=f"{PASSWORD}\n{PASSWORD}\n")

    assert isinstance(weak.exception, Refusal)
    assert weak.exception.code == "weak_password"
    assert made.exit_code == 0, made.output
    with closing(opened(brand)) as store:
        login = store.read(lambda tx: people.login_of(tx, "wang"))
        assert [one.role for one in store.read(people.staff)] == [people.Role.ADMIN]
    assert people.is_password(PASSWORD, login.password_hash)
    assert PASSWORD not in made.output


def test_a_key_for_the_open_api_is_made_of_what_its_maker_may(brand: Settings):
    run("staff", "add", "lin", "--name", "林", "--role", "supply", typed=f"{PASSWORD}\n{PASSWORD}\n")

    made = run("staff", "key", "lin", "--name", "ERP", "--scope", "look", "--scope", "supply")
    wide = run("staff", "key", "lin", "--name", "ERP", "--scope", "money")

    with closing(opened(brand)) as store:
        caller = store.read(lambda tx: people.caller_of_key(tx, made.output.strip()))
    assert caller is not None
    assert caller.may == {people.May.LOOK, people.May.SUPPLY}
    assert isinstance(wide.exception, people.ScopeTooWide)


def test_rotating_the_ring_seals_numbers_anew_so_that_the_old_key_may_go(brand: Settings):
    member = a_member(brand)
    file = brand.home / "keyring"

    assert run("keys", "rotate").exit_code == 0
    file.write_text(file.read_text().split()[0])

    alone = read(os.environ).key_ring
    with closing(opened(brand)) as store:
        assert store.read(lambda tx: people.phones(tx, alone, reading=people.Reading.own(member))) == {member: PHONE}
        assert store.read(lambda tx: people.members_by_phone(tx, alone, phone=PHONE)) == (member,)


def test_a_member_is_exported_then_erased_and_no_byte_of_the_file_knows_them(brand: Settings):
    member = a_member(brand)

    held = json.loads(run("privacy", "export", member).output)
    erased = run("privacy", "erase", member, typed="y\n")

    assert {"openid": "o-secret-openid", "phone": PHONE}.items() <= {row["what"]: row["value"] for row in held}.items()
    assert erased.exit_code == 0, erased.output
    for path in brand.home.glob("brand.db*"):
        assert b"o-secret-openid" not in path.read_bytes()


def test_without_a_yes_nobody_is_erased(brand: Settings):
    member = a_member(brand)

    answer = run("privacy", "erase", member, typed="n\n")

    assert answer.exit_code == 1
    with closing(opened(brand)) as store:
        assert store.read(lambda tx: people.openids(tx, [member], appid="wx1")) == {member: "o-secret-openid"}


def test_a_record_that_was_changed_is_told_by_its_line(brand: Settings):
    member = a_member(brand)
    run("privacy", "export", member)
    assert "完整" in run("privacy", "verify").output

    with closing(opened(brand)) as store:
        store.call(lambda tx: tx.run(sa.text("UPDATE people_readings SET reader = 'nobody'")))
    answer = run("privacy", "verify")

    assert answer.exit_code == 1
    assert "从第 1 行起" in answer.output
