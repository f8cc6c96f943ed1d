"""Laws of being one person: whatever merges and partings happen, ids, families and merges in force tell one story."""

import random
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from roulian import people
from roulian.people.writes import merge
from roulian.store import Store
from roulian.words import Ids, Instant, MemberId, SimulatedClock

START = Instant.parse("2026-03-02T08:00:00+08:00")
MOST = 6
Act = tuple[str, int, int]
ACTS = st.lists(
    st.tuples(st.sampled_from(("merge", "part")), st.integers(0, MOST - 1), st.integers(0, MOST - 1)), max_size=20
)


def opened(url: str) -> Store:
    store = Store.open(url, clock=SimulatedClock(START), ids=Ids(random.Random(7).getrandbits))
    store.create_all()
    return store


def roots(edges: set[tuple[int, int]]) -> list[int]:
    """Whom each answers as, by following the merges in force from the one that is gone to the one that was kept."""
    above = {gone: kept for kept, gone in edges}
    found = []
    for member in range(MOST):
        while member in above:
            member = above[member]  # noqa: PLW2901 - climbing
        found.append(member)
    return found


@settings(max_examples=40)
@given(acts=ACTS)
def test_every_id_answers_as_the_end_of_its_merges_and_parting_is_the_way_back(
    fresh_url: Callable[[], str], acts: list[Act]
):
    store = opened(fresh_url())
    ids: list[MemberId] = [
        store.call(lambda tx, n=n: people.sign_in(tx, appid="wx1", openid=f"o{n}", unionid=None)) for n in range(MOST)
    ]
    edges: set[tuple[int, int]] = set()

    for act, one, other in acts:
        if act == "merge":
            before = roots(edges)
            store.call(lambda tx, k=one, g=other: merge(tx, ids[k], gone=ids[g], evidence="law"))
            if before[one] != before[other]:
                edges.add((before[one], before[other]))
        elif (one, other) in edges:
            store.call(lambda tx, k=one, g=other: people.part(tx, ids[k], gone=ids[g]))
            edges.remove((one, other))

    told = store.read(lambda tx: people.members(tx, ids))
    assert [told[ident].id for ident in ids] == [ids[root] for root in roots(edges)]
    families = store.read(lambda tx: people.families(tx, ids))
    for n, ident in enumerate(ids):
        assert set(families[ident]) == {ids[m] for m in range(MOST) if roots(edges)[m] == roots(edges)[n]}
    store.close()
