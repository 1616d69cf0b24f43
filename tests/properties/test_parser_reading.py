"""Whatever the model says and whoever the recipient is, search terms and gaps are of use."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.common.tasks.data import TemplateType
from scribe.common.text.fencing import fenced
from scribe.common.text.folding import fold_accents
from scribe.common.text.placeholders import find_gaps
from scribe.parser.reading import GapReading, TemplateReading, corrected, without_titles

CALM = settings(max_examples=100, deadline=None)
READINGS = st.builds(
    TemplateReading,
    template_type=st.sampled_from(TemplateType),
    search_terms=st.lists(st.text(max_size=80), max_size=4),
    placeholders=st.lists(st.builds(GapReading, text=st.text(max_size=20), meaning=st.text(max_size=20)), max_size=4),
    tone=st.text(max_size=50),
)
TEMPLATES = st.lists(
    st.sampled_from(["{{name}}", "[topic]", "[1]", "{{", "}}", "[", " and ", "\n", "{{my_name}}"])
).map("".join)
NAMES = st.sampled_from(["Dr. Ada Example", "王小明", "José García-Márquez", "Prof. Dr. med. Ö", "X Æ"])
INTERESTS = st.sampled_from(["quantum fluids", "größere Systeme", "AI", "a b c d e f g h i j k l m n o p"])


@CALM
@given(READINGS, TEMPLATES, NAMES, INTERESTS)
def test_every_term_holds_name_and_interest_and_there_are_one_or_two(
    reading: TemplateReading, template: str, name: str, interest: str
) -> None:
    terms = corrected(reading, template, name, interest).search_terms
    assert 1 <= len(terms) <= 2
    for term in terms:
        assert fold_accents(without_titles(name)) in fold_accents(term)
        assert fold_accents(" ".join(interest.split()[:12])) in fold_accents(term)


@CALM
@given(READINGS, TEMPLATES, NAMES, INTERESTS)
def test_the_gaps_are_those_of_the_template(reading: TemplateReading, template: str, name: str, interest: str) -> None:
    parsed = corrected(reading, template, name, interest)
    found = list(dict.fromkeys(gap.text for gap in find_gaps(template)))
    assert [placeholder.text for placeholder in parsed.placeholders] == found


@CALM
@given(st.lists(st.sampled_from(["<", "/", "data", ">", " ", "\u200b", "\n", 'name="x"', "DATA", "<<"])).map("".join))
def test_no_text_closes_or_opens_a_block(text: str) -> None:
    block = fenced("x", text)
    assert block.lower().count("</data") == 1
    assert block.lower().count("<data") == 1
    assert block.endswith("</data>")
