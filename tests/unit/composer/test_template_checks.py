"""The e-mail stays the sender's: gaps, fixed words, paragraphs, and what is said about the sender."""

import pytest

from scribe.common.tasks.data import ParsedTemplate, Placeholder, TemplateType
from scribe.composer.checks.filling import filling_of
from scribe.composer.checks.template import is_sender_name
from scribe.composer.cleaning import cleaned
from scribe.composer.draft import Draft
from tests.support.writing import GOOD, SAYING, TEMPLATE, found_in, material


def test_a_gap_about_the_recipient_must_be_filled() -> None:
    assert "leaves_gaps" in found_in(GOOD.replace("quantum fluids", "{{topic}}"))


@pytest.mark.parametrize("gap", ["{{something else}}", "[Insert detail here]", "[[detail]]"])
def test_a_gap_that_the_model_made_is_named(gap: str) -> None:
    assert "leaves_gaps" in found_in(GOOD.replace(SAYING, gap))


def test_a_gap_that_asks_for_the_senders_own_reaction_may_stay() -> None:
    template = TEMPLATE.replace("{{one thing about their research}}", "{{what I like about it}}")
    assert found_in(GOOD.replace(SAYING, "{{what I like about it}}"), email_template=template) == set()


def test_a_stray_brace_is_named() -> None:
    assert "leaves_gaps" in found_in(GOOD.replace("quantum fluids", "{{quantum fluids"))


def test_an_unbalanced_brace_of_the_template_may_stay() -> None:
    template = TEMPLATE.replace("the coming weeks", "the {{coming weeks")
    assert found_in(GOOD.replace("the coming weeks", "the {{coming weeks"), email_template=template) == set()


def test_a_sender_gap_that_nothing_fills_stays_marked() -> None:
    assert "{{my_university}}" in GOOD
    assert found_in(GOOD) == set()


def test_a_sender_gap_that_the_model_invents_is_named() -> None:
    assert "invents_the_sender" in found_in(GOOD.replace("{{my_university}}", "Harvard University"))


def test_a_sender_gap_that_the_model_drops_is_named() -> None:
    assert "invents_the_sender" in found_in(GOOD.replace("\n{{my_university}}", ""))


def test_a_sender_gap_may_be_filled_from_the_template() -> None:
    template = "Hello {{name}},\n\nI study at Delft.\n\nYours from {{my_city}}, goodbye"
    parsed = ParsedTemplate(
        template_type=TemplateType.GENERAL,
        search_terms=("x",),
        placeholders=(Placeholder(text="{{my_city}}", about="sender"),),
    )
    body = "Hello Adrian,\n\nI study at Delft.\n\nYours from Delft, goodbye"
    assert found_in(body, email_template=template, parsed=parsed) == set()
    assert found_in(body.replace("from Delft", "from Paris"), email_template=template, parsed=parsed) >= {
        "invents_the_sender"
    }


def test_the_senders_name_is_put_in_where_it_is_known() -> None:
    assert "Jo Park" in cleaned(Draft(body=GOOD.replace("Jo Park", "{{my_name}}")), material()).body


def test_the_senders_name_stays_marked_where_it_is_not_known() -> None:
    body = GOOD.replace("Jo Park", "{{my_name}}")
    assert found_in(body, sender_name=None) == set()
    assert "invents_the_sender" in found_in(GOOD, sender_name=None)


@pytest.mark.parametrize("gap", ["{{my_name}}", "[Your Name]", "{{sender}}", "[signature]", "{{my full name}}"])
def test_gaps_for_the_senders_name_are_known(gap: str) -> None:
    assert is_sender_name(gap)


@pytest.mark.parametrize("gap", ["{{my_university_name}}", "[your project]", "{{my supervisor's name}}", "no gap"])
def test_other_gaps_are_not_for_the_senders_name(gap: str) -> None:
    assert not is_sender_name(gap)


@pytest.mark.parametrize(
    ("gap", "filling"),
    [
        ("{{topic}}", "quantum fluids"),
        ("{{name}}", "Professor Del Maestro"),
        ("{{my_name}}", "Jo Park"),
        ("{{x}}", None),
    ],
)
def test_what_fills_a_gap_is_found_by_the_words_around_it(gap: str, filling: str | None) -> None:
    assert filling_of(gap, TEMPLATE, GOOD) == filling


def test_lost_fixed_text_is_named_with_what_is_missing() -> None:
    body = GOOD.replace("I would love to ask you two things about how you chose your method. ", "")
    assert "loses_fixed_text" in found_in(body)


def test_a_small_change_of_grammar_is_no_loss() -> None:
    assert found_in(GOOD.replace("Could we talk", "Might we talk")) == set()


def test_punctuation_and_quotes_do_not_count_as_fixed_text() -> None:
    assert found_in(GOOD.replace("Kind regards,", "Kind  regards"), recipient_interest="quantum fluids") == set()


def test_merged_paragraphs_are_named() -> None:
    assert "breaks_paragraphs" in found_in(GOOD.replace("\n\nI would", " I would"))


def test_added_paragraphs_are_named() -> None:
    assert "breaks_paragraphs" in found_in(GOOD.replace("\n\nKind", "\n\nThank you.\n\nKind"))


def test_a_paragraph_that_is_all_gap_may_become_two_or_none() -> None:
    template = "Dear {{name}},\n\n{{why I write to them}}\n\nMay I ask you something about your work one day?\n\nJo"
    start, end = "Dear Professor Del Maestro,\n\n", "May I ask you something about your work one day?\n\nJo"
    for middle in ("I read your paper.\n\n", "I read it.\n\nI liked it.\n\n", ""):
        assert "breaks_paragraphs" not in found_in(start + middle + end, email_template=template)


def test_a_template_without_gaps_may_be_personalised() -> None:
    template = (
        "Hello!\n\nI like your work (mention one of their papers). Can we talk about it some day soon?\n\nJo Park"
    )
    body = f"Hello!\n\nI like your work. {SAYING} Can we talk about it some day soon?\n\nJo Park"
    assert found_in(body, email_template=template) == set()


def test_a_subject_line_is_kept_if_and_only_if_the_template_has_one() -> None:
    with_line = f"Subject: A question about {{{{topic}}}}\n\n{TEMPLATE}"
    assert found_in(f"Subject: A question about quantum fluids\n\n{GOOD}", email_template=with_line) == set()
    known = material(email_template=with_line)
    assert cleaned(Draft(subject="A question", body=GOOD), known).body.startswith("Subject: A question\n\nDear")
    german = material(email_template=f"Betreff: {{{{topic}}}}\n\n{TEMPLATE}")
    assert cleaned(Draft(subject="Helium", body=GOOD), german).body.startswith("Betreff: Helium\n\nDear")
    assert cleaned(Draft(body=f"Subject: Hi\n\n{GOOD}"), material()).body == GOOD
