"""What shelves ask for by themselves: lots that go bad, and books that check themselves every night."""

from roulian import stock
from roulian.flows.outgoing import Outside
from roulian.store import Errand, Job, Tx
from roulian.words import Rejected, SkuId

AUDIT_HOUR = 3


def begin(tx: Tx) -> None:
    """The first self-audit is set; each sets the next."""
    tx.at_first(tx.now.day().at(AUDIT_HOUR), "shelf.audit", "audit")


def set_expiry(tx: Tx, event: stock.LotReceived) -> None:
    """The morning after its last day a lot leaves the shelves."""
    tx.at(event.expires_day.plus(1).at(0), "shelf.expire_lot", f"{event.sku}/{event.lot}")


def expire_lot(tx: Tx, key: str) -> None:
    """What is left of the lot goes into quarantine; who held it gets other units, or waits for them."""
    sku, _, lot = key.partition("/")
    stock.expire_lot(tx, SkuId(sku), stock.LotId(lot))


def call_audit(tx: Tx, key: str) -> None:
    """Ask for tonight's self-audit and set tomorrow night's."""
    tx.job("stock.audit", tx.now.day().iso())
    tx.at(tx.now.day().plus(1).at(AUDIT_HOUR), "shelf.audit", key)


def auditing(outside: Outside) -> Errand:
    """Sum every counter anew on a reader's snapshot, beside the writer; what differs is shown, never mended."""

    async def call(_: Job) -> str:
        store = outside.memory()
        found, known = await store.ask(lambda tx: (stock.audit(tx), stock.findings(tx)))
        if found or known:
            await store.run(lambda tx: stock.record_findings(tx, found), cause="stock.audit")
        return str(len(found))

    return Errand(call=call, record=_kept, rejected=_never_rejected, lost=_again)


def _kept(_tx: Tx, _job: Job, _answer: str) -> None:
    """The call itself kept what it found; repeating it changes nothing."""


def _never_rejected(_tx: Tx, _job: Job, _error: Rejected) -> None:
    """Nobody outside is asked."""


def _again(tx: Tx, job: Job) -> None:
    tx.job(job.kind, job.key, job.body)
