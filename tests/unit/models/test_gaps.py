"""Gaps are told from everything else that stands in brackets."""

import pytest

from scribe.common.text.placeholders import find_gaps, fixed_parts, has_unbalanced_brace


@pytest.mark.parametrize(
    ("text", "gaps"),
    [
        ("Dear {{name}},", ["{{name}}"]),
        ("Dear {{ last name }}, [topic]", ["{{ last name }}", "[topic]"]),
        ("[[recent work]]", ["[[recent work]]"]),
        ("{{a\nb}}", ["{{a\nb}}"]),
        ("[Your Name]", ["[Your Name]"]),
        ("as shown [1], [2, 3], [4-6] and [12]", []),
        ("see [my page](https://x.example)", []),
        ("see [my page][ref] and [^1] and ![alt](x.png)\n\n[ref]: https://x.example", []),
        ("[ref]: https://x.example", []),
        ("- [ ] open\n- [x] done\n1. [X] done", []),
        ("a [x] here", ["[x]"]),
        ("he said [sic] and [...] and […]", []),
        ("[@knuth]", []),
        ("{single} {{}} {{ }}", []),
        ("", []),
    ],
)
def test_gaps(text: str, gaps: list[str]) -> None:
    assert [gap.text for gap in find_gaps(text)] == gaps


def test_a_gap_knows_its_label_and_place() -> None:
    gap = find_gaps("ab {{ x y }} c")[0]
    assert (gap.label, gap.start, gap.end) == ("x y", 3, 12)


def test_fixed_parts_stand_around_the_gaps() -> None:
    assert fixed_parts("a {{b}} c [d] e") == ["a ", " c ", " e"]


@pytest.mark.parametrize("text", ["{{name}", "{name}}", "}", "{{a}} and {", "}{"])
def test_a_brace_without_partner_is_seen(text: str) -> None:
    assert has_unbalanced_brace(text)


@pytest.mark.parametrize("text", ["{{name}}", "{name}", "{}", "no braces", "[a"])
def test_paired_braces_are_balanced(text: str) -> None:
    assert not has_unbalanced_brace(text)
