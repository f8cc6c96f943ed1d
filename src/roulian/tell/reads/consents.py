"""Questions to the consent ledger."""

from collections.abc import Collection, Mapping

import sqlalchemy as sa

from roulian.store import Tx, any_of
from roulian.tell.tables.consents import CONSENTS
from roulian.words.ids import MemberId

_CONSENTS = (
    sa.select(CONSENTS.c.member, CONSENTS.c.template, CONSENTS.c.left_count)
    .where(any_of(CONSENTS.c.member, "members"))
    .order_by(CONSENTS.c.member, CONSENTS.c.template)
)


def consents(tx: Tx, members: Collection[MemberId]) -> Mapping[MemberId, Mapping[str, int]]:
    """How many messages each member still allows, by template id, as far as our ledger knows."""
    left: dict[MemberId, dict[str, int]] = {member: {} for member in members}
    for member, template, count in tx.rows(_CONSENTS, members=list(members)):
        left[MemberId(member)][template] = count
    return left
