"""Questions about people. Any id of a merged person may be asked about; the answer is the person kept."""

from roulian.people.reads.members import (
    consents,
    families,
    member_by_openid,
    member_of_session,
    members,
    members_of_sessions,
    members_page,
    merges,
    openids,
    require_consent,
)
from roulian.people.reads.personal import (
    addresses,
    holdings,
    identities,
    masked_phones,
    members_by_phone,
    merge_proposals,
    phones,
)
from roulian.people.reads.staff import (
    api_keys,
    caller_of_key,
    caller_of_session,
    first_broken_reading,
    login_of,
    readings_page,
    staff,
)

__all__ = [
    "addresses",
    "api_keys",
    "caller_of_key",
    "caller_of_session",
    "consents",
    "families",
    "first_broken_reading",
    "holdings",
    "identities",
    "login_of",
    "masked_phones",
    "member_by_openid",
    "member_of_session",
    "members",
    "members_by_phone",
    "members_of_sessions",
    "members_page",
    "merge_proposals",
    "merges",
    "openids",
    "phones",
    "readings_page",
    "require_consent",
    "staff",
]
