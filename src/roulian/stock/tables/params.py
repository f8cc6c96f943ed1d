"""Typed parameters of this stage's statements."""

import sqlalchemy as sa


def number(name: str) -> sa.BindParameter[int]:
    """A whole-number parameter."""
    return sa.bindparam(name, type_=sa.BigInteger)


def word(name: str) -> sa.BindParameter[str]:
    """A text parameter."""
    return sa.bindparam(name, type_=sa.Text)
