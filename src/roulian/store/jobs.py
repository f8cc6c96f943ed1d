"""Calls to the outside: claim, call with no transaction open, record. An unknown outcome is reconciled, never resent.

A claimed job is `running` until its lease ends (`due_at`); the process that runs it renews the lease while the call
lasts. A lease that ran out means the process died in the middle: nobody knows whether the call took effect.
"""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from roulian.store.backoff import Backoff
from roulian.store.motion import Job, Motion
from roulian.store.tables import Status
from roulian.store.tx import Tx
from roulian.words import Bug, Instant, Rejected, Unreachable

LEASE_MS = 60_000
_DUE = (
    "SELECT id, kind, key, body, tries, made_at, status, answer FROM store_jobs"
    " WHERE status IN ('due', 'running') AND due_at <= :now ORDER BY due_at, id LIMIT :most"
)
_DUE_JOBS = {"": sa.text(_DUE), "skip": sa.text(_DUE + " FOR UPDATE SKIP LOCKED")}
_CLAIM = sa.text("UPDATE store_jobs SET status = 'running', tries = tries + 1, due_at = :lease_at WHERE id = :id")
_RENEW = sa.text("UPDATE store_jobs SET due_at = :lease_at WHERE id = :id AND status = 'running' AND tries = :claim")
_CLOSE = sa.text(
    "UPDATE store_jobs SET status = :status, answer = :answer, error = :error, due_at = :due_at, done_at = :done_at"
    " WHERE id = :id AND status = 'running' AND tries = :claim"
)
_REOPEN = sa.text(
    "UPDATE store_jobs SET status = :status, answer = :answer, error = :error, due_at = :due_at, done_at = NULL"
    " WHERE id = :id"
)
_STUCK = {"status": Status.STUCK}


@dataclass(frozen=True, slots=True)
class Claim:
    """A job this process may run until its lease ends. `answer` is there if only the recording is left to do."""

    job: Job
    answer: str | None

    @property
    def number(self) -> int:
        """Which claim of the job this is; a later one overrides it."""
        return self.job.tries + 1


@dataclass(frozen=True, slots=True)
class Jobs:
    """Runs errands."""

    motion: Motion
    backoff: Backoff
    locking: str

    def claim(self, tx: Tx, *, most: int) -> tuple[tuple[Claim, ...], int]:
        """Up to `most` jobs to call now, and how many rows were touched; those whose lease ran out are reconciled."""
        due = tx.rows(_DUE_JOBS[self.locking], now=tx.now.ms, most=most)
        claims = []
        for job_id, kind, key, body, tries, made_at, status, answer in due:
            job = Job(job_id, kind, key, body, tries, Instant(made_at))
            tx.run(_CLAIM, id=job_id, lease_at=tx.now.ms + LEASE_MS)
            if status == Status.RUNNING and answer is None:
                self._reconcile(tx, Claim(job, None), Unreachable("the process that called has died", lost=True))
            else:
                claims.append(Claim(job, answer))
        return tuple(claims), len(due)

    def renew(self, tx: Tx, claim: Claim) -> bool:
        """The lease is prolonged; false if someone else has judged the job lost meanwhile."""
        return tx.run(_RENEW, id=claim.job.id, claim=claim.number, lease_at=tx.now.ms + LEASE_MS) == 1

    async def call(self, claim: Claim) -> str:
        """The outside's answer, from memory if it had answered before. Raises what the call raises."""
        if claim.answer is not None:
            return claim.answer
        errand = self.motion.errands.get(claim.job.kind)
        if errand is None:
            raise Bug(f"nobody knows the errand {claim.job.kind}")
        return await errand.call(claim.job)

    def record(self, tx: Tx, claim: Claim, answer: str) -> None:
        """Effect and receipt of an answered call; if recording fails the answer is kept and recorded later."""
        if not self._close(tx, claim, Status.DONE, answer=answer):
            return
        record = self.motion.errands[claim.job.kind].record
        error = tx.apart(lambda inner: record(inner, claim.job, answer), cause=claim.job.id)
        if error is not None:
            self._again(tx, claim, error, answer=answer)

    def fail(self, tx: Tx, claim: Claim, error: Exception) -> None:
        """The call raised: a no is recorded, a lost answer reconciled, anything else tried again and then stuck."""
        if isinstance(error, Rejected):
            self._rejected(tx, claim, error)
        elif isinstance(error, Unreachable) and error.lost:
            self._reconcile(tx, claim, error)
        elif self._close(tx, claim, Status.DUE):
            self._again(tx, claim, error, answer=claim.answer)

    def _rejected(self, tx: Tx, claim: Claim, rejection: Rejected) -> None:
        if not self._close(tx, claim, Status.REJECTED, error=str(rejection)):
            return
        rejected = self.motion.errands[claim.job.kind].rejected
        error = tx.apart(lambda inner: rejected(inner, claim.job, rejection), cause=claim.job.id)
        if error is not None:
            self._again(tx, claim, error, answer=None)

    def _reconcile(self, tx: Tx, claim: Claim, unknown: Unreachable) -> None:
        """The outcome is unknown: the errand's `lost` settles it, or a person must."""
        errand = self.motion.errands.get(claim.job.kind)
        lost = errand.lost if errand else None
        is_last = claim.number >= self.backoff.most_tries
        status = Status.STUCK if lost is None or is_last else Status.LOST
        pause_ms = self.backoff.pause_ms(claim.job.tries)
        if not self._close(tx, claim, status, error=f"unknown: {unknown}", due_at=tx.now.ms + pause_ms):
            return
        if lost is None or is_last:
            return
        error = tx.apart(lambda inner: lost(inner, claim.job), cause=claim.job.id)
        if error is not None:
            tx.run(_REOPEN, id=claim.job.id, answer=None, **self.backoff.after(claim.job.tries, tx.now, error) | _STUCK)

    def _close(self, tx: Tx, claim: Claim, status: Status, **more: Any) -> bool:
        """The job leaves `running`; false if a later claim has taken it over."""
        columns = {"answer": None, "error": "", "due_at": tx.now.ms, "done_at": tx.now.ms} | more
        return tx.run(_CLOSE, id=claim.job.id, claim=claim.number, status=status, **columns) == 1

    def _again(self, tx: Tx, claim: Claim, error: Exception, *, answer: str | None) -> None:
        tx.run(_REOPEN, id=claim.job.id, answer=answer, **self.backoff.after(claim.job.tries, tx.now, error))
