"""Choices → a piece with price, BOM and routing, or the first refusal in the design's own order.

Laws: the order in which choices are given changes nothing; a piece's price is at least the base price; its BOM is
never empty; what breaks a rule is always refused.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping

from roulian.tailor.model import (
    BadLettering,
    Band,
    Binding,
    Bond,
    ChoiceMissing,
    Choices,
    ChoicesConflict,
    Configuration,
    Design,
    Group,
    Lettering,
    Limit,
    Material,
    Measure,
    MeasureOutOfRange,
    Pick,
    Step,
    UnknownChoice,
    Value,
)
from roulian.words.ids import SkuId
from roulian.words.time import Day


def configured(design: Design, choices: Choices) -> Configuration:
    """The piece that `choices` make of `design`.

    Raises `UnknownChoice`, `ChoiceMissing`, `MeasureOutOfRange`, `BadLettering`, `ChoicesConflict`.
    """
    _nothing_unknown(design, choices)
    picked = [(group, _value(group, choices.options.get(group.id))) for group in design.groups]
    lengths = [(measure, _length(measure, choices.measures_mm.get(measure.id))) for measure in design.measures]
    written = [(one, _text(one, choices.texts.get(one.id, ""))) for one in design.letterings]
    values = {group.id: value for group, value in picked if value is not None}
    _check_rules(design, values)
    bands = [band for measure, length in lengths if (band := measure.band(length)) is not None]
    texts = [(one, text) for one, text in written if text]
    price = design.base_price_fen + sum(value.surcharge_fen for value in values.values())
    price += sum(band.surcharge_fen for band in bands) + sum(one.fen_per_letter * letters(text) for one, text in texts)
    sources: list[Value | Lettering] = [*values.values(), *(one for one, _ in texts)]
    return Configuration(
        product=design.product,
        line=design.line,
        price_fen=price,
        options=tuple((group, value.id) for group, value in values.items()),
        measures_mm=tuple((measure.id, length) for measure, length in lengths),
        texts=tuple((one.id, text) for one, text in texts),
        bom=_bom([*design.materials, *_materials(sources), *_materials(bands)]),
        routing=_routing([*design.steps, *(s for each in sources for s in each.steps)]),
        said_zh=" · ".join(value.name_zh for value in values.values()),
        said_en=" · ".join(value.name_en or value.name_zh for value in values.values()),
    )


def letters(text: str) -> int:
    """Letters of a text that are paid for: all but spaces."""
    return sum(not letter.isspace() for letter in text)


def longest_wait(bom: Iterable[Material], lead_days: Mapping[SkuId, int]) -> tuple[SkuId | None, int]:
    """The material of the BOM that takes longest to come, and its days; (None, 0) where none is bought."""
    waits = [(lead_days[material.sku], material.sku) for material in bom if material.sku in lead_days]
    days, sku = max(waits, default=(0, None))
    return sku, days


def binding(piece: Configuration, *, today: Day, day: Day, at_once: Day, slowest: tuple[SkuId | None, int]) -> Binding:
    """What sets `day`: the slowest material, if with all at hand the piece would leave `at_once`, else the line."""
    material, wait_days = slowest
    if material is not None and at_once < day:
        return Binding(Limit.MATERIAL, material, wait_days)
    return Binding(Limit.CAPACITY, piece.line, day.since(today))


def _nothing_unknown(design: Design, choices: Choices) -> None:
    for given, fields in (
        (choices.options, [group.id for group in design.groups]),
        (choices.measures_mm, [measure.id for measure in design.measures]),
        (choices.texts, [lettering.id for lettering in design.letterings]),
    ):
        for name in sorted(given.keys() - set(fields)):
            raise UnknownChoice(design.product, name, ", ".join(fields))


def _value(group: Group, given: str | None) -> Value | None:
    known = ", ".join(value.id for value in group.values)
    if given is None:
        if group.is_required:
            raise ChoiceMissing(group.id, known)
        return None
    found = next((value for value in group.values if value.id == given), None)
    if found is None:
        raise UnknownChoice(group.id, given, known)
    return found


def _length(measure: Measure, given: int | None) -> int:
    least, most = _cm(measure.least_mm), _cm(measure.most_mm)
    if given is None:
        raise ChoiceMissing(measure.id, f"{least}–{most} cm")
    if not measure.least_mm <= given <= measure.most_mm:
        raise MeasureOutOfRange(measure.id, _cm(given), least, most)
    return given


def _text(lettering: Lettering, given: str) -> str:
    text = unicodedata.normalize("NFC", given).strip()
    if not text.isprintable() or letters(text) > lettering.most_letters or len(text) > 2 * lettering.most_letters:
        raise BadLettering(lettering.id, letters(text), lettering.most_letters)
    return text


def _check_rules(design: Design, values: Mapping[str, Value]) -> None:
    for rule in design.rules:
        if not _is_picked(rule.pick, values):
            continue
        if _is_picked(rule.other, values) is (rule.bond is Bond.EXCLUDES):
            raise ChoicesConflict(rule.pick.group, rule.other.group, rule.why_zh, rule.why_en)


def _is_picked(pick: Pick, values: Mapping[str, Value]) -> bool:
    return pick.group in values and values[pick.group].id == pick.value


def _materials(sources: Iterable[Value | Lettering | Band]) -> Iterator[Material]:
    for source in sources:
        yield from source.materials


def _bom(materials: Iterable[Material]) -> tuple[Material, ...]:
    sums: dict[SkuId, int] = {}
    for material in materials:
        sums[material.sku] = sums.get(material.sku, 0) + material.qty
    return tuple(Material(sku, sums[sku]) for sku in sorted(sums))


def _routing(steps: Iterable[Step]) -> tuple[Step, ...]:
    sums: dict[str, int] = {}
    for step in steps:
        sums[step.line] = sums.get(step.line, 0) + step.minutes
    return tuple(Step(line, sums[line]) for line in sorted(sums))


def _cm(length_mm: int) -> str:
    return f"{length_mm / 10:g}"
