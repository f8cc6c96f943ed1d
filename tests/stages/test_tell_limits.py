"""WeChat's numbers stand in one file, each with its source and its date, and nowhere in code."""

import re
from pathlib import Path

import pytest

import roulian
from roulian import tell
from roulian.app import read
from roulian.app.settings import BadSetting
from roulian.tell import AccountKind, Door, Each, Mark, Opener, Per
from roulian.words import Instant

ROOM = Path(roulian.__file__).parent
SHIPPED = ROOM / "tell" / "limits.toml"
ROW = '[[cap]]\nkind = "mini_program"\ndoor = "subscribe"\nper = "day"\neach = "account"\nmost = 7\n'
EVIDENCE = 'source = "a letter"\ndate = "2026-01"\nmark = "C"\n'


def shipped() -> tell.Limits:
    return tell.read_limits(SHIPPED.read_bytes())


def test_every_shipped_row_has_a_source_and_a_month() -> None:
    found = shipped()

    rows = (*found.caps, *found.windows)
    assert len(rows) >= 20
    assert [row for row in rows if not row.source or not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", row.date)] == []
    assert {row.mark for row in rows} <= set(Mark)


def test_row_without_source_or_date_or_twice_is_refused() -> None:
    for content in (ROW, ROW + EVIDENCE.replace("a letter", ""), (ROW + EVIDENCE) * 2, ROW + EVIDENCE + "mosst = 1\n"):
        with pytest.raises(ValueError):
            tell.read_limits(content.encode())
    assert tell.read_limits((ROW + EVIDENCE).encode()).caps[0].most == 7


def test_cap_that_lets_nothing_through_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        tell.read_limits((ROW.replace("7", "0") + EVIDENCE).encode())


def test_shipped_numbers_are_those_of_the_documents() -> None:
    found = shipped()

    def most(kind: AccountKind, door: Door, each: Each = Each.ACCOUNT) -> dict[Per, int | None]:
        return {cap.per: cap.most for cap in found.caps_of(kind, door, each=each)}

    assert most(AccountKind.MINI_PROGRAM, Door.SUBSCRIBE) == {Per.DAY: 30_000_000}
    assert most(AccountKind.MINI_PROGRAM, Door.USER_NOTIFY) == {Per.DAY: None}
    assert most(AccountKind.SERVICE, Door.TEMPLATE) == {Per.DAY: 100_000}
    assert most(AccountKind.SERVICE, Door.MASS) == {Per.MINUTE: 60, Per.DAY: 100}
    assert most(AccountKind.SERVICE, Door.MASS, Each.MEMBER) == {Per.MONTH: 4}
    assert most(AccountKind.SUBSCRIPTION, Door.MASS) == {Per.DAY: 1}
    assert not found.offers(AccountKind.SUBSCRIPTION, Door.TEMPLATE)
    windows = {(one.kind, one.opener): (one.lasts_s, one.most) for one in found.windows}
    assert windows[AccountKind.SERVICE, Opener.MESSAGE] == (48 * 3600, 5)
    assert windows[AccountKind.SERVICE, Opener.SCAN] == (60, 3)
    assert windows[AccountKind.MINI_PROGRAM, Opener.SESSION_ENTER] == (60, 2)
    assert (AccountKind.MINI_PROGRAM, Opener.PAYMENT) not in windows


def test_no_number_of_the_file_stands_in_code() -> None:
    """Large round numbers of messages are WeChat's; a second or a millisecond count is not one of them."""
    numbers = {cap.most for cap in shipped().caps if cap.most is not None and cap.most >= 10_000}
    numbers |= {window.lasts_s for window in shipped().windows if window.lasts_s > 60} | {3_000_000}

    written = {
        f"{path.relative_to(ROOM)}: {number}"
        for path in ROOM.rglob("*.py")
        if "migrations" not in path.parts
        for number in re.findall(r"\b\d[\d_]{4,}\b", path.read_text(encoding="utf-8"))
        if int(number) in numbers and path.parts[-2] in {"tell", "model", "writes", "reads", "tables", "flows", "app"}
    }

    assert written == set()


@pytest.mark.parametrize(
    ("per", "begins", "ends"),
    [
        (Per.MINUTE, "2026-02-28T23:59:00+08:00", "2026-03-01T00:00:00+08:00"),
        (Per.DAY, "2026-02-28T00:00:00+08:00", "2026-03-01T00:00:00+08:00"),
        (Per.MONTH, "2026-02-01T00:00:00+08:00", "2026-03-01T00:00:00+08:00"),
    ],
)
def test_counts_begin_anew_by_the_clocks_of_china(per: Per, begins: str, ends: str) -> None:
    at = Instant.parse("2026-02-28T23:59:30.5+08:00")

    assert (per.begins(at), per.ends(at)) == (Instant.parse(begins), Instant.parse(ends))
    assert per.ends(Instant.parse("2026-12-31T23:59:59+08:00")) == Instant.parse("2027-01-01T00:00:00+08:00")


def test_an_account_with_other_numbers_brings_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "limits.toml"
    path.write_text(ROW + EVIDENCE)

    found = read({"ROULIAN_WECHAT_LIMITS_FILE": str(path)}, home=tmp_path).limits

    assert [cap.most for cap in found.caps] == [7]
    assert read({}, home=tmp_path).limits == shipped()


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "limits.toml"
    path.write_text(ROW)

    with pytest.raises(BadSetting) as refused:
        read({"ROULIAN_WECHAT_LIMITS_FILE": str(path)}, home=tmp_path)

    assert refused.value.name == "ROULIAN_WECHAT_LIMITS_FILE"
    assert "source" in refused.value.text("zh")


def test_templates_of_official_accounts_stand_in_tables_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "templates.toml"
    path.write_text('delay = "Zx81"\n[wx_service]\ndelay = "Svc7"\n')

    settings = read({"ROULIAN_WECHAT_TEMPLATES_FILE": str(path)}, home=tmp_path)

    assert settings.templates == {tell.Scenario.DELAY: "Zx81"}
    assert settings.account_templates == {"wx_service": {tell.Scenario.DELAY: "Svc7"}}
