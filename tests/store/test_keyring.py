"""The key ring: what it seals opens for the same purpose alone, and a new key first does not lock out the old."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roulian.store import BadKeyRing, CannotOpen, KeyRing, key_of

OLD, NEW = "11" * 32, "22" * 32


def ring(text: str = f"old:{OLD}") -> KeyRing:
    return KeyRing.parse(text, draw=random.Random(5).randbytes)


@given(plain=st.text(max_size=200), about=st.text(max_size=40))
def test_what_is_sealed_opens_again_and_does_not_show(plain: str, about: str):
    keys = ring()

    sealed = keys.seal(plain, about=about)

    assert keys.open(sealed, about=about) == plain
    assert len(plain) < 4 or plain not in sealed
    assert sealed != keys.seal(plain, about=about)


@given(place=st.integers(0, 200), flip=st.integers(1, 255))
def test_a_value_changed_anywhere_never_opens_as_another(place: int, flip: int):
    keys = ring()
    sealed = keys.seal("s3cret-s3cret", about="wx1")
    at = place % len(sealed)
    changed = sealed[:at] + chr(ord(sealed[at]) ^ flip) + sealed[at + 1 :]

    with pytest.raises(CannotOpen):
        keys.open(changed, about="wx1")


def test_a_value_moved_to_another_row_does_not_open():
    keys = ring()
    sealed = keys.seal("s3cret", about="tell_account_secrets:wx1")

    with pytest.raises(CannotOpen) as refused:
        keys.open(sealed, about="tell_account_secrets:wx2")

    assert "wx2" in refused.value.text("zh")
    assert "s3cret" not in str(refused.value)


def test_a_new_key_seals_and_the_old_one_still_opens():
    before = ring().seal("s3cret", about="a")
    rotated = ring(f"new:{NEW}\nold:{OLD}")

    after = rotated.seal("s3cret", about="a")

    assert (key_of(before), key_of(after)) == ("old", "new")
    assert rotated.open(before, about="a") == rotated.open(after, about="a") == "s3cret"
    with pytest.raises(CannotOpen) as refused:
        ring(f"new:{NEW}").open(before, about="a")
    assert refused.value.key == "old"


def test_a_process_that_runs_on_finds_the_key_another_has_put_on_the_ring():
    written = [f"old:{OLD}"]
    running = KeyRing.parse(written[0], draw=random.Random(5).randbytes, reread=lambda: written[0])
    sealed = ring(f"new:{NEW} old:{OLD}").seal("s3cret", about="a")
    with pytest.raises(CannotOpen):
        running.open(sealed, about="a")

    written[0] = f"new:{NEW} old:{OLD}"

    assert running.open(sealed, about="a") == "s3cret"
    assert running.ids() == ("new", "old")
    assert key_of(running.seal("s3cret", about="a")) == "new"


@pytest.mark.parametrize(
    "text", ["", "old", f"old:{OLD[:-2]}", f"old:{OLD} old:{NEW}", f"OLD KEY:{OLD}", "old:zz", f":{OLD}"]
)
def test_a_ring_written_wrongly_is_refused_without_showing_a_key(text: str):
    with pytest.raises(BadKeyRing) as refused:
        ring(text)

    assert OLD[:8] not in refused.value.text("zh") + refused.value.text("en") + str(refused.value)


def test_a_ring_never_shows_its_keys():
    assert OLD not in repr(ring())


@given(one=st.text(max_size=40), two=st.text(max_size=40))
def test_the_blind_index_matches_equal_texts_of_one_field_and_nothing_else(one: str, two: str):
    keys = ring()

    assert (keys.blind(one, field="phone") == keys.blind(two, field="phone")) is (one == two)
    assert keys.blind(one, field="phone") != keys.blind(one, field="customer")
    assert len(one) < 4 or one not in keys.blind(one, field="phone")


def test_what_an_older_key_indexed_is_still_found_after_a_rotation():
    before = ring(f"old:{OLD}").blind("+8613800138000", field="phone")

    after = ring(f"new:{NEW} old:{OLD}")

    assert after.blind("+8613800138000", field="phone").startswith("new.")
    assert before in after.blinds("+8613800138000", field="phone")
    assert before not in ring(f"new:{NEW}").blinds("+8613800138000", field="phone")
