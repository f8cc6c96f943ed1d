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
