"""Whatever way a gap is written, it is one gap; what cannot be read as one is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scribe.common.text.placeholders import MAX_GAP, find_gaps
from scribe.common.text.templates import RULE_LINE, UNBALANCED, uniform


@pytest.mark.parametrize(
    ("template", "labels"),
    [
        ("Dear {{name}}, [topic]", ["name", "topic"]),
        ("Dear Dr. [Last Name]: I", ["Last Name"]),
        ("Dear [Title][Last Name],", ["Title", "Last Name"]),
        ("[Department]:\nHello", ["Department"]),
        ("[why their work\nmatters to me]", ["why their work\nmatters to me"]),
        ("Dear «Name»,", ["Name"]),
        ("Dear « Nom du professeur »,", ["Nom du professeur"]),
        ("Dear <Name>, <<Last Name>>", ["Name", "Last Name"]),
        ("Dear {Name}, ${topic}", ["Name", "topic"]),
        ("Dear %NAME%, %first_name%", ["NAME", "first_name"]),
        ("Dear Dr. ____, your paper ______ was", ["blank 1", "blank 2"]),
        ("your work on (insert topic here)", ["insert topic here"]),
        ("Dear {{na\u200bme}}, {{re\u00adcent pa\ufeffper}}", ["name", "recent paper"]),
        ("Dear {{a\r\nb}}", ["a\nb"]),
        ("{{" + "tell me more about it " * 40 + "}}", [("tell me more about it " * 40).strip()]),
    ],
)
def test_gaps_of_all_forms_are_read(template: str, labels: list[str]) -> None:
    assert [gap.label for gap in find_gaps(uniform(template).text)] == labels


@pytest.mark.parametrize(
    "template",
    [
        "I read «La Peste» and «Guerra y paz».",
        "5% of men and 10% of women, 50 % or so",
        "a < b and c > d, <b>bold</b>, <br>, <a@b.example>, <https://x.example>",
        "List<String> and \\emph{text} x_{i} {a, b}^{n}",
        "see [my page](https://x.example) and [1], [2, 3], [sic], [...]",
        "see [my page][ref]\n\n[ref]: https://x.example",
        "- [ ] open\n- [x] done",
        "snake___case and __init__ and https://x.example/a___b",
        "(inserted later)",
    ],
)
def test_what_is_no_gap_stays_as_it_is(template: str) -> None:
    assert uniform(template).text == template
    assert [gap.text for gap in find_gaps(template)] in ([], ["[x]"])


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("Dear {{name}},", ""),
        ("Dear <Name>, %TOPIC%", "Read as placeholders: <Name>, %TOPIC%."),
        ("Dear {{name},", UNBALANCED),
        ("{{" + "x" * (MAX_GAP + 1) + "}}", "is too long to be read as a placeholder"),
        ("Kind regards,\n__________\n", RULE_LINE),
    ],
)
def test_what_may_not_mean_what_it_should_is_said(template: str, said: str) -> None:
    warnings = " ".join(uniform(template).warnings)
    assert said in warnings
    assert bool(said) is bool(warnings)


@settings(deadline=None)
@given(st.text(alphabet="ab {}[]<>«»%_$\\()\n\r\u200b\u00adüInsert:", max_size=200))
def test_what_is_uniform_stays_so(template: str) -> None:
    once = uniform(template).text
    assert uniform(once).text == once
