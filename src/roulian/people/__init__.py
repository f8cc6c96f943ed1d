"""Who we deal with: one member per person, what they agreed to, and their phone number under lock.

Owns: members, openids, merges (reversible, with their evidence), sessions, the consent ledger, personal data.
Says: MemberJoined, MembersMerged, MembersParted, ConsentGiven, ConsentWithdrawn.
Never: lets personal data out except through `phones`; never deletes a line of the consent ledger.
"""

from roulian.people.events import ConsentGiven, ConsentWithdrawn, MemberJoined, MembersMerged
from roulian.people.model import Member, NoConsent, Purpose, Vault
from roulian.people.reads import (
    consents,
    member_by_openid,
    member_of_session,
    members,
    members_by_phone,
    members_of_sessions,
    members_page,
    merges,
    openids,
    phones,
    require_consent,
)
from roulian.people.writes import (
    give_consent,
    open_session,
    part,
    set_phone,
    settle_in,
    sign_in,
    withdraw_consent,
)

__all__ = [
    "ConsentGiven",
    "ConsentWithdrawn",
    "Member",
    "MemberJoined",
    "MembersMerged",
    "NoConsent",
    "Purpose",
    "Vault",
    "consents",
    "give_consent",
    "member_by_openid",
    "member_of_session",
    "members",
    "members_by_phone",
    "members_of_sessions",
    "members_page",
    "merges",
    "open_session",
    "openids",
    "part",
    "phones",
    "require_consent",
    "set_phone",
    "settle_in",
    "sign_in",
    "withdraw_consent",
]
