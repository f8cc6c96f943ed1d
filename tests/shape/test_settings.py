"""`docs/settings.md` names every setting with its default, and no other."""

import re

from roulian.app.settings import NAMES
from shape.test_contracts import ROOT

TOLD = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")


def test_every_setting_is_documented_and_nothing_else() -> None:
    written = re.findall(r"^\| `(ROULIAN_[A-Z0-9_]+)` \|", TOLD, flags=re.MULTILINE)

    assert sorted(written) == sorted(NAMES)


def test_every_default_is_the_one_in_the_code() -> None:
    rows = dict(re.findall(r"^\| `(ROULIAN_[A-Z0-9_]+)` \| `([^`]*)` \|", TOLD, flags=re.MULTILINE))

    written = {name: default for name, default in rows.items() if "…" not in default}

    assert written == {name: default for name, default in NAMES.items() if default}


def test_lock_files_name_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")
    assert '"resolved": "http' not in (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
