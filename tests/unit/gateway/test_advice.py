"""What is accepted and may not be as the user thinks is said in the answer to the submission."""

import pytest

from scribe.common.text.submitted import INTEREST_CUT, NO_NAME
from scribe.gateway.queue.advice import MAX_WARNINGS, advice_on
from scribe.gateway.queue.models import Recipient

TEMPLATE = "Dear {{name}}, I read about {{topic}}."


def people(*names: str) -> list[Recipient]:
    """Recipients of these names."""
    return [Recipient(recipient_name=name, recipient_interest="fluids") for name in names]


def test_nothing_is_said_where_all_is_well() -> None:
    advice = advice_on(people("Ada Example", "Adam Example", "王小明", "李小明", "Person 1", "Person 2"), TEMPLATE)
    assert (advice.template, advice.fields) == (TEMPLATE, {})


def test_the_template_is_uniform_and_what_was_changed_is_said() -> None:
    advice = advice_on(people("Ada Example"), "Dear <Name>,\r\nyour pa\u00adper")
    assert advice.template == "Dear {{Name}},\nyour paper"
    assert "<Name>" in advice.fields["warnings"][0]


def test_a_template_that_nobody_can_see_stays_as_it_is() -> None:
    assert advice_on(people("Ada Example"), "\u200b" * 10).template == "\u200b" * 10


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada Example", "Ada Example"),
        ("Dr. Chris Maid", "Maid, Christopher"),
        ("Pan Jianwei", "Jian-Wei Pan"),
        ("Jürgen Müller", "J. Mueller"),
        ("王小明", "王小明"),
        ("Person 1", "person 1"),
    ],
)
def test_the_same_person_twice_is_said(one: str, other: str) -> None:
    warnings = advice_on(people("Bob Other", one, other), TEMPLATE).warnings
    assert warnings == (f"Items 2 and 3 may be the same person: {one} and {other}",)


def test_what_an_interest_loses_and_a_name_that_is_none_are_said() -> None:
    recipients = [
        Recipient(recipient_name="Ada Example", recipient_interest="fluids, see https://x.example/y"),
        Recipient(recipient_name="12 34", recipient_interest="list decoding, code design"),
    ]
    assert advice_on(recipients, TEMPLATE).warnings == (f"Item 1: {INTEREST_CUT}", f"Item 2: {NO_NAME}")


def test_a_hundred_times_the_same_is_said_briefly() -> None:
    warnings = advice_on(people(*["Ada Example"] * 100), TEMPLATE).warnings
    assert len(warnings) == MAX_WARNINGS + 1
    assert warnings[-1] == "And 79 more."
