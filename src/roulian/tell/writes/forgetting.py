"""A person who is forgotten leaves every ledger of reach, and what was written to them is no longer kept."""

from collections.abc import Collection

from roulian.store import Tx
from roulian.tell.tables import consents, contacts, mass, notices
from roulian.words.ids import MemberId


def forget(tx: Tx, members: Collection[MemberId]) -> None:
    """No ledger knows these members any more; messages sent to them are gone, messages not yet sent will not be."""
    for statement in (*notices.FORGET, *contacts.FORGET, *consents.FORGET, *mass.FORGET):
        tx.run(statement, members=list(members))
