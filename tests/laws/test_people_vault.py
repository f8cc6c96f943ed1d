"""Laws of the vault: what is sealed opens for its owner alone; what is equal is found, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roulian.people import Vault
from roulian.words import Bug

VAULT = Vault(seal_key=b"s" * 32, index_key=b"i" * 32)
TEXTS = st.text(max_size=60)


@given(text=TEXTS, owner=TEXTS)
def test_what_is_sealed_opens_for_its_owner(text: str, owner: str):
    assert VAULT.unseal(VAULT.seal(text, owner=owner), owner=owner) == text


@given(text=TEXTS, owner=TEXTS, other=TEXTS)
def test_what_is_sealed_never_opens_for_another(text: str, owner: str, other: str):
    if owner == other:
        return

    with pytest.raises(Bug):
        VAULT.unseal(VAULT.seal(text, owner=owner), owner=other)


@given(text=TEXTS, place=st.integers(min_value=0), flip=st.integers(min_value=1, max_value=255))
def test_a_changed_byte_never_opens(text: str, place: int, flip: int):
    sealed = bytearray(VAULT.seal(text, owner="m"))
    sealed[place % len(sealed)] ^= flip

    with pytest.raises(Bug):
        VAULT.unseal(bytes(sealed), owner="m")


@given(one=TEXTS, two=TEXTS)
def test_the_blind_index_matches_equal_texts_and_no_others(one: str, two: str):
    assert (VAULT.index(one, field="phone") == VAULT.index(two, field="phone")) is (one == two)
