"""Parting an audience: who is in which column first.

Members stand in Arrow columns: a million Python strings take longer to make, hash and free than the question itself
(benchmarks/reach.py). Arrow and numpy are imported where they are used, 200 ms that a start need not pay.
"""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, TypeAlias, cast

from roulian.tell.model import Obstacle, Way
from roulian.words.ids import MemberId

if TYPE_CHECKING:
    import pyarrow as pa

Ids: TypeAlias = "pa.StringArray"
Column = tuple[Way, Ids]


def ids_of(members: Collection[MemberId]) -> Ids:
    """The members in their order."""
    import pyarrow as pa  # noqa: PLC0415

    return pa.array(list(members), pa.string())


def ids_in(text: str) -> Ids:
    """The members whose ids stand in the text, apart by a space; none in an empty text."""
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.compute as pc  # noqa: PLC0415

    return cast("Ids", pc.split_pattern(pa.array([text] if text else [], pa.string()), " ").flatten())


def joined(columns: Sequence[Ids]) -> Ids:
    """One column after the other; at least one."""
    import pyarrow as pa  # noqa: PLC0415

    return pa.concat_arrays(columns)


def parted(ids: Ids, by: Ids) -> tuple[Ids, Ids]:
    """Those of `ids` that stand in `by`, and the others."""
    import pyarrow.compute as pc  # noqa: PLC0415

    found = pc.is_in(ids, value_set=by)
    return ids.filter(found), ids.filter(pc.invert(found))


def partition(columns: Sequence[Column], *, members: Collection[MemberId] | None) -> tuple[Sequence[MemberId], bytes]:
    """The audience, and for each member the number of the first column that has them; strangers the number after.

    The audience is `members` in their order, each once; None means everyone in the columns, in no order. One hash
    table over the audience and then the columns gives every id a place; each column, the worst first, writes its
    number at its members' places, so that the best word stands last. At most 255 columns.
    """
    import numpy as np  # noqa: PLC0415

    parts = [ids_of(members or ()), *(ids for _, ids in columns)]
    numbered = joined(parts).dictionary_encode()
    first, *rest = np.split(numbered.indices.to_numpy(), np.cumsum([len(part) for part in parts])[:-1])
    codes = np.full(len(numbered.dictionary), len(columns), np.uint8)
    for code in range(len(columns) - 1, -1, -1):
        codes[rest[code]] = code
    asked = len(codes) if members is None else int(first.max(initial=-1)) + 1
    audience = cast("list[MemberId]", numbered.dictionary[:asked].to_pylist())
    return tuple(audience), codes[:asked].tobytes()


def ways(columns: Sequence[Column]) -> tuple[Way, ...]:
    """What the numbers of `partition` stand for."""
    return (*(way for way, _ in columns), Obstacle.STRANGER)
