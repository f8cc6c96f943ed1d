"""Made to measure: what a choice costs and takes, what cannot be made, and requests that wait for a judgement."""

from dataclasses import replace

import pytest

from roulian import tailor
from roulian.store import Store
from roulian.words import MemberId, Refusal
from tailor_builders import BUTTON, COTTON, LINEN, NEEDLE, SEWING, THREAD, a_design, choices

LIN, WANG = MemberId("mem_lin"), MemberId("mem_wang")


def a_piece(**wish: str) -> tailor.Configuration:
    return tailor.configured(a_design(), choices(**wish))  # type: ignore[arg-type]


def test_choices_add_to_the_price_the_bom_and_the_routing() -> None:
    plain = tailor.configured(a_design(), choices())
    rich = tailor.configured(a_design(), choices("linen", chest_mm=1_150, monogram="L X", pocket="one"))

    assert (plain.price_fen, plain.texts, plain.said_zh) == (39_900, (), "cotton · regular")
    assert plain.bom == (tailor.Material(BUTTON, 8), tailor.Material(COTTON, 2))
    assert rich.price_fen == 39_900 + 8_000 + 3_000 + 1_500 + 2 * 500
    assert {material.sku: material.qty for material in rich.bom} == {BUTTON: 8, COTTON: 1, LINEN: 2, THREAD: 2}
    assert rich.routing == (tailor.Step(NEEDLE, 10), tailor.Step(SEWING, 40))
    assert rich.options == (("fabric", "linen"), ("cut", "regular"), ("pocket", "one"))


@pytest.mark.parametrize(
    ("wish", "code", "said"),
    [
        (choices("silk"), "unknown_choice", "cotton, linen"),
        (choices(sleeve="long"), "unknown_choice", "fabric, cut, pocket"),
        (tailor.Choices({"fabric": "cotton"}, {"chest": 1_000}), "choice_missing", "regular, slim"),
        (tailor.Choices({"fabric": "cotton", "cut": "slim"}), "choice_missing", "80–140 cm"),
        (choices(chest_mm=1_405), "measure_out_of_range", "140.5"),
        (choices(chest_mm=-900), "measure_out_of_range", "-90"),
        (choices(monogram="七个字实在太多"), "bad_lettering", "7"),
        (choices(monogram="a\nb"), "bad_lettering", "2"),
        (choices(monogram="a\u202eb"), "bad_lettering", "3"),
        (choices(monogram="a" + " " * 500 + "b"), "bad_lettering", "2"),
        (choices("linen", "slim"), "choices_conflict", "亚麻没有弹性"),
        (choices(cut="slim", pocket="one"), "choices_conflict", "修身版放不下口袋"),
    ],
)
def test_what_cannot_be_made_is_refused_and_says_why(wish: tailor.Choices, code: str, said: str) -> None:
    with pytest.raises(Refusal) as no:
        tailor.configured(a_design(), wish)

    assert no.value.code == code
    assert said in no.value.text("zh")
    assert no.value.text("en") != no.value.text("zh")


@pytest.mark.parametrize(
    ("field", "design"),
    [
        ("base_price_fen", replace(a_design(), base_price_fen=0)),
        ("line", replace(a_design(), line=" ")),
        ("id", replace(a_design(), measures=(tailor.Measure("cut", "", "", 1, 2),))),
        ("materials", replace(a_design(), materials=(tailor.Material(BUTTON, -1),))),
        ("chest", replace(a_design(), measures=(tailor.Measure("chest", "", "", 900, 800),))),
        ("fabric", replace(a_design(), groups=(tailor.Group("fabric", "面料"),))),
        ("monogram", replace(a_design(), letterings=(tailor.Lettering("monogram", "", "", 6, -1),))),
        ("rules", replace(a_design(), groups=a_design().groups[:1])),
    ],
)
def test_a_design_that_could_not_be_made_is_refused(store: Store, field: str, design: tailor.Design) -> None:
    with pytest.raises(tailor.BadDesign) as no:
        store.call(lambda tx: tailor.save_design(tx, design))

    assert no.value.field == field
    assert store.read(tailor.designs) == {}


def test_a_design_is_changed_by_who_read_the_newest_version(store: Store) -> None:
    first = store.call(lambda tx: tailor.save_design(tx, a_design()))
    second = store.call(lambda tx: tailor.save_design(tx, replace(a_design(version=first), base_price_fen=1)))

    for version in (0, first):
        with pytest.raises(tailor.DesignChanged):
            store.call(lambda tx, version=version: tailor.save_design(tx, a_design(version=version)))

    kept = store.read(lambda tx: tailor.design(tx, "prd_shirt"))
    assert kept == replace(a_design(version=second), base_price_fen=1)


def test_a_product_without_a_design_is_not_made_to_measure(store: Store) -> None:
    with pytest.raises(tailor.NotTailored):
        store.read(lambda tx: tailor.design(tx, "prd_cup"))


def test_a_request_with_a_text_waits_and_one_without_does_not(store: Store) -> None:
    plain = store.call(lambda tx: tailor.submit(tx, a_piece(), member=LIN, key="1"))
    lettered = store.call(lambda tx: tailor.submit(tx, a_piece(monogram="LX"), member=LIN, key="2"))

    assert (plain.standing, lettered.standing) == (tailor.Standing.CLEARED, tailor.Standing.HELD)
    assert lettered.words() == "LX"
    assert store.read(lambda tx: tailor.request(tx, lettered.id, member=LIN)) == lettered
    assert store.read(lambda tx: tailor.requests_page(tx, standing=tailor.Standing.HELD)) == (lettered,)


def test_the_same_key_is_the_same_request_and_nobody_elses(store: Store) -> None:
    first = store.call(lambda tx: tailor.submit(tx, a_piece(monogram="LX"), member=LIN, key="1"))

    again = store.call(lambda tx: tailor.submit(tx, a_piece(monogram="other"), member=LIN, key="1"))
    theirs = store.call(lambda tx: tailor.submit(tx, a_piece(), member=WANG, key="1"))

    assert again == first
    assert theirs.id != first.id
    with pytest.raises(tailor.RequestNotFound):
        store.read(lambda tx: tailor.request(tx, first.id, member=WANG))


def test_a_judgement_is_made_once(store: Store) -> None:
    held = store.call(lambda tx: tailor.submit(tx, a_piece(monogram="LX"), member=LIN, key="1"))

    refused = store.call(lambda tx: tailor.judge(tx, held.id, passes=False, why="20001"))
    again = store.call(lambda tx: tailor.judge(tx, held.id, passes=False, why="20001"))

    assert refused == again == replace(held, standing=tailor.Standing.REFUSED, why="20001")
    with pytest.raises(tailor.NotHeld):
        store.call(lambda tx: tailor.judge(tx, held.id, passes=True))
    assert store.read(lambda tx: tailor.request(tx, held.id)) == refused


def test_a_member_forgotten_leaves_neither_text_nor_measure(store: Store) -> None:
    mine = store.call(lambda tx: tailor.submit(tx, a_piece(monogram="LX"), member=LIN, key="1"))
    theirs = store.call(lambda tx: tailor.submit(tx, a_piece(monogram="WW"), member=WANG, key="1"))

    touched = store.call(lambda tx: tailor.forget(tx, [LIN]))

    kept = store.read(lambda tx: tailor.requests(tx, [mine.id, theirs.id]))
    assert touched == 1
    assert (kept[mine.id].piece.texts, kept[mine.id].piece.measures_mm) == ((), ())
    assert kept[mine.id].piece.price_fen == mine.piece.price_fen
    assert kept[theirs.id] == theirs
