"""Whether a design can be made and priced whatever a buyer chooses."""

from collections.abc import Collection, Iterator

from roulian.tailor.model import BadDesign, Band, Design, Group, Lettering, Material, Pick, Step, Value
from roulian.words.ids import SkuId

MOST_FIELDS = 100
MOST_LETTERS = 200
MOST_LENGTH_MM = 10_000
MOST_FEN = 1_000_000_000

Fault = tuple[str, str, str]


def check(design: Design) -> None:
    """Nothing; or the first `BadDesign`: after it every valid configuration has a price and a BOM."""
    fault = next(_faults(design), None)
    if fault is not None:
        raise BadDesign(*fault)


def _faults(design: Design) -> Iterator[Fault]:
    if not 1 <= design.base_price_fen <= MOST_FEN:
        yield "base_price_fen", "基价须大于 0。", "The base price is over 0."
    if not design.line.strip():
        yield "line", "请填写产线。", "Name the production line."
    ids = [one.id for one in design.groups] + [one.id for one in design.measures]
    ids += [one.id for one in design.letterings]
    if len(set(ids)) < len(ids) or not all(map(_is_id, ids)) or len(ids) > MOST_FIELDS:
        yield "id", "每个字段须有唯一的编号,最多 100 个。", "Every field has its own id; at most 100 fields."
    if not design.materials and not any(_always_takes_material(group) for group in design.groups):
        yield "materials", "须有每件都用到的物料。", "Some material goes into every piece."
    yield from _parts_faults("materials", design.materials, design.steps)
    for group in design.groups:
        yield from _group_faults(group)
    yield from _measure_faults(design)
    for lettering in design.letterings:
        yield from _lettering_faults(lettering)
    yield from _rule_faults(design)


def _always_takes_material(group: Group) -> bool:
    return group.is_required and bool(group.values) and all(value.materials for value in group.values)


def _group_faults(group: Group) -> Iterator[Fault]:
    ids = [value.id for value in group.values]
    if not ids or len(set(ids)) < len(ids) or not all(map(_is_id, ids)):
        yield group.id, "须有至少一个值,编号不重复。", "It needs values, each with its own id."
    for value in group.values:
        yield from _charge_faults(group.id, value)
        yield from _parts_faults(group.id, value.materials, value.steps)


def _measure_faults(design: Design) -> Iterator[Fault]:
    for measure in design.measures:
        if not 0 < measure.least_mm <= measure.most_mm <= MOST_LENGTH_MM:
            yield measure.id, "范围须由小到大,且大于 0。", "A range goes from a length over 0 to a longer one."
        starts = [band.from_mm for band in measure.bands]
        if sorted(set(starts)) != starts:
            yield measure.id, "加价区间须由小到大。", "Bands begin one above the other."
        for band in measure.bands:
            yield from _charge_faults(measure.id, band)
            yield from _parts_faults(measure.id, band.materials, ())


def _charge_faults(field: str, one: Value | Band) -> Iterator[Fault]:
    if not 0 <= one.surcharge_fen <= MOST_FEN:
        yield field, "加价不能为负。", "A surcharge is not negative."


def _lettering_faults(lettering: Lettering) -> Iterator[Fault]:
    if not 1 <= lettering.most_letters <= MOST_LETTERS or not 0 <= lettering.fen_per_letter <= MOST_FEN:
        yield lettering.id, "字数为 1 到 200,每字加价不能为负。", "1 to 200 letters, none of a negative price."
    yield from _parts_faults(lettering.id, lettering.materials, lettering.steps)


def _parts_faults(field: str, materials: tuple[Material, ...], steps: tuple[Step, ...]) -> Iterator[Fault]:
    if any(material.qty < 1 or not material.sku for material in materials):
        yield field, "物料用量须为正整数。", "A material's quantity is a whole number from 1."
    if any(step.minutes < 1 or not step.line for step in steps):
        yield field, "工时须为正整数分钟。", "A step takes whole minutes from 1."


def _rule_faults(design: Design) -> Iterator[Fault]:
    picks = {Pick(group.id, value.id) for group in design.groups for value in group.values}
    for rule in design.rules:
        if rule.pick not in picks or rule.other not in picks or rule.pick.group == rule.other.group:
            yield "rules", "规则须指两个不同选项组里已有的值。", "A rule joins values of two groups that exist."
        if not rule.why_zh.strip() or not rule.why_en.strip():
            yield "rules", "请写明原因(中文和英文)。", "Say why, in Chinese and in English."


def _is_id(text: str) -> bool:
    return bool(text) and text == text.strip() and text.isprintable()


def materials(design: Design) -> tuple[SkuId, ...]:
    """Every material that some piece may take, each once, in order."""
    named = [*design.materials]
    named += [material for group in design.groups for value in group.values for material in value.materials]
    named += [material for measure in design.measures for band in measure.bands for material in band.materials]
    named += [material for lettering in design.letterings for material in lettering.materials]
    return tuple(sorted({material.sku for material in named}))


def check_parts(design: Design, *, lines: Collection[str], bought: Collection[SkuId]) -> None:
    """Nothing; or `BadDesign` where it names a line that is not among `lines`, a material not among `bought`."""
    steps = [*design.steps, *(step for group in design.groups for value in group.values for step in value.steps)]
    steps += [step for lettering in design.letterings for step in lettering.steps]
    for line in (design.line, *(step.line for step in steps)):
        if line not in lines:
            known = ", ".join(lines)
            raise BadDesign("line", f"没有产线“{line}”,现有:{known}。", f"There is no line “{line}”, only {known}.")
    for sku in materials(design):
        if sku not in bought:
            raise BadDesign("materials", f"物料“{sku}”没有供应商。", f"Nobody supplies the material “{sku}”.")
