"""Questions about doors and their quotas: who may write, and how much more."""

from collections.abc import Mapping, Sequence

from roulian.store import Tx
from roulian.tell.model import Door, Each, Limits, Quota, Scenario, Sender, Standing
from roulian.tell.reads.accounts import accounts, denials
from roulian.tell.tables import quotas as tables
from roulian.words.time import Instant


def senders(tx: Tx, *, templates: Mapping[str, Mapping[Scenario, str]]) -> tuple[Sender, ...]:
    """The accounts of the matrix that may be used, by appid; `templates` are their template ids by appid."""
    denied = {appid: frozenset(denial.api for denial in each) for appid, each in denials(tx).items()}
    return tuple(
        Sender(
            appid=account.appid,
            kind=account.kind,
            templates=templates.get(account.appid, {}),
            plan=account.quota_plan,
            denied=frozenset(door for door in Door if denied.get(account.appid, frozenset()).intersection(door.apis)),
        )
        for account in accounts(tx)
        if account.standing is Standing.ACTIVE
    )


def quotas(tx: Tx, *, senders: Sequence[Sender], limits: Limits) -> tuple[Quota, ...]:
    """Every count of every account as it stands now, by appid, door and stretch; what was never used stands at 0."""
    used = {(row[0], row[1], row[2]): (row[3], row[4]) for row in tx.rows(tables.QUOTAS_OF)}
    shut = {(row[0], row[1]): (row[2], Instant(row[3])) for row in tx.rows(tables.CLOSURES_NOW, now=tx.now.ms)}
    found = []
    for sender in senders:
        for door in Door:
            for cap in limits.caps_of(sender.kind, door, each=Each.ACCOUNT, plan=sender.plan):
                begins_at = cap.per.begins(tx.now)
                since, count = used.get((sender.appid, door.value, cap.per.value), (0, 0))
                code, until = shut.get((sender.appid, door.value), ("", None))
                now_used = count if since == begins_at.ms else 0
                found.append(Quota(sender.appid, cap, begins_at, now_used, until, code))
    return tuple(found)
