"""The parser's result holds what stands in the template, whatever the model says."""

import pytest

from scribe.common.tasks.data import TemplateType
from scribe.parser.reading import GapReading, TemplateReading, corrected, is_of_sender, search_terms, without_titles

TEMPLATE = "Dear {{name}}, [1] see [my page](https://x.example) - {{ my_university }} [Your Name]\n- [x] done [sic]"


def gaps_of(template: str, *readings: GapReading) -> list[tuple[str, str]]:
    reading = TemplateReading(template_type=TemplateType.BOOK, placeholders=list(readings))
    parsed = corrected(reading, template, "Ada Example", "books")
    return [(placeholder.text, placeholder.about) for placeholder in parsed.placeholders]


def test_both_kinds_of_gaps_are_found_and_references_and_links_are_none() -> None:
    assert gaps_of(TEMPLATE) == [
        ("{{name}}", "recipient"),
        ("{{ my_university }}", "sender"),
        ("[Your Name]", "sender"),
    ]


def test_a_gap_that_does_not_stand_in_the_template_is_dropped() -> None:
    assert gaps_of("Dear {{name}}", GapReading(text="{{ghost}}")) == [("{{name}}", "recipient")]


def test_a_gap_that_the_model_forgot_is_kept() -> None:
    assert gaps_of("{{a thing}} {{a place}}", GapReading(text="{{a thing}}")) == [
        ("{{a thing}}", "recipient"),
        ("{{a place}}", "recipient"),
    ]


def test_the_model_says_whose_detail_a_gap_is() -> None:
    assert gaps_of("{{start date}}", GapReading(text="{{start date}}", about="sender")) == [
        ("{{start date}}", "sender")
    ]


def test_a_label_that_names_the_sender_outweighs_the_model() -> None:
    assert gaps_of("{{my_name}}", GapReading(text="{{my_name}}", about="recipient")) == [("{{my_name}}", "sender")]


def test_a_gap_that_stands_twice_is_named_once() -> None:
    assert gaps_of("{{name}} and {{name}}") == [("{{name}}", "recipient")]


def test_the_meaning_comes_from_the_model_or_from_the_label() -> None:
    reading = TemplateReading(
        template_type=TemplateType.GENERAL, placeholders=[GapReading(text="{{a}}", meaning="one  thing")]
    )
    parsed = corrected(reading, "{{a}} {{paperTitle}}", "Ada", "x")
    assert [placeholder.meaning for placeholder in parsed.placeholders] == ["one thing", "paper title"]


@pytest.mark.parametrize(
    "label", ["my_name", "My university", "Your Name", "sender", "signature", "our lab", "applicant"]
)
def test_labels_of_the_sender_are_known(label: str) -> None:
    assert is_of_sender(label)


@pytest.mark.parametrize("label", ["name", "their university", "professor", "your recent paper", "mystery", "hour"])
def test_other_labels_are_left_to_the_model(label: str) -> None:
    assert not is_of_sender(label)


def test_terms_of_the_model_are_completed_with_name_and_interest() -> None:
    terms = search_terms(["superfluids", "Ada Example lab"], "Dr. Ada Example", "quantum fluids")
    assert terms == ("Ada Example superfluids quantum fluids", "Ada Example lab quantum fluids")


def test_a_complete_term_stays_as_it_is() -> None:
    assert search_terms(["quantum fluids ada example"], "Ada Example", "Quantum fluids") == (
        "quantum fluids ada example",
    )


def test_without_terms_name_and_interest_make_one() -> None:
    assert search_terms([], "Prof. Ada Example", "quantum fluids") == ("Ada Example quantum fluids",)


def test_at_most_two_terms_and_no_operators_are_kept() -> None:
    terms = search_terms(['"a" site:evil.example', "b OR c", "d"], "Ada", "x")
    assert terms == ("Ada a x", "Ada b c x")


def test_terms_that_become_alike_are_one() -> None:
    assert search_terms(["", "Ada x", "ADA X"], "Ada", "x") == ("Ada x",)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Prof. Dr. Ada Example", "Ada Example"),
        ("Dr. rer. nat. Ada Example, PhD", "Ada Example"),
        ("Ada D. Example", "Ada D. Example"),
        ("Professor", "Professor"),
        ("Nat Hon", "Nat Hon"),
        ("王小明", "王小明"),
        ("J.-P. Serre", "J.-P. Serre"),
    ],
)
def test_titles_are_taken_off_names(name: str, plain: str) -> None:
    assert without_titles(name) == plain


def test_tone_and_meaning_are_bounded() -> None:
    reading = TemplateReading(
        template_type=TemplateType.GENERAL,
        tone="warm " * 500,
        placeholders=[GapReading(text="{{a}}", meaning="x" * 900)],
    )
    parsed = corrected(reading, "{{a}}", "Ada", "x")
    assert len(parsed.tone) <= 300
    assert len(parsed.placeholders[0].meaning) <= 200
