"""Laying two books beside each other: each movement once, by the provider's number or by ours."""

from collections.abc import Iterable, Iterator, Mapping

from roulian.books.model import Difference, DifferenceKind, Entry, EntryKind, Report, Sides
from roulian.words.time import Day, Instant


def compare(sides: Sides, *, day: Day, at: Instant) -> Report:
    """The day's report. Payments are matched by the provider's transaction, refunds by the merchant's number."""
    payments = tuple(entry for entry in sides.bill if entry.kind is EntryKind.PAYMENT)
    refunds = tuple(entry for entry in sides.bill if entry.kind is EntryKind.REFUND)
    found = (
        *_payments(_by_key(sides.ours, EntryKind.PAYMENT), _by_key(payments, EntryKind.PAYMENT)),
        *_refunds(_by_key(sides.ours, EntryKind.REFUND), refunds),
        *_not_asked(sides),
    )
    return Report(
        day=day,
        compared_at=at,
        payments=len(payments),
        paid_fen=sum(entry.fen for entry in payments),
        refunds=len(refunds),
        refunded_fen=sum(entry.fen for entry in refunds),
        differences=tuple(sorted(found, key=lambda one: (one.entry, one.number, one.transaction, one.kind))),
    )


def _payments(ours: Mapping[str, Entry], theirs: Mapping[str, Entry]) -> Iterator[Difference]:
    for key in ours.keys() | theirs.keys():
        yield from _one(ours.get(key), theirs.get(key))


def _refunds(ours: Mapping[str, Entry], theirs: Iterable[Entry]) -> Iterator[Difference]:
    for entry in theirs:
        yield from _one(ours.get(entry.number), entry)
        if entry.has_failed:
            yield _difference(DifferenceKind.REFUND_FAILED, ours.get(entry.number), entry)


def _not_asked(sides: Sides) -> Iterator[Difference]:
    """Refunds that were due the day before and stand in no bill: the provider was never asked, or never agreed."""
    told = {entry.number for entry in (*sides.bill, *sides.bill_before) if entry.kind is EntryKind.REFUND}
    for entry in sides.due_before:
        if entry.number not in told:
            yield _difference(DifferenceKind.MISSING_WITH_THEM, entry, None)


def _one(ours: Entry | None, theirs: Entry | None) -> Iterator[Difference]:
    if ours is None:
        yield _difference(DifferenceKind.MISSING_WITH_US, None, theirs)
    elif theirs is None:
        yield _difference(DifferenceKind.MISSING_WITH_THEM, ours, None)
    elif ours.fen != theirs.fen:
        yield _difference(DifferenceKind.AMOUNT_DIFFERS, ours, theirs)
    elif not ours.fits:
        yield _difference(DifferenceKind.FITS_NO_ORDER, ours, theirs)


def _difference(kind: DifferenceKind, ours: Entry | None, theirs: Entry | None) -> Difference:
    known = theirs or ours
    assert known is not None
    return Difference(
        kind,
        known.kind,
        known.number,
        known.transaction,
        None if ours is None else ours.fen,
        None if theirs is None else theirs.fen,
    )


def _by_key(entries: Iterable[Entry], kind: EntryKind) -> Mapping[str, Entry]:
    return {
        entry.transaction if kind is EntryKind.PAYMENT else entry.number: entry
        for entry in entries
        if entry.kind is kind
    }
