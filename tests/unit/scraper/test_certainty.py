"""Which facts are certain: by whose pages tell them, and how many of these are independent."""

import pytest

from scribe.scraper.sources import Page
from tests.support.reading import HOME, NEWS, collected, fact, held, pages, read, verified


def test_own_pages_are_believed_for_position_and_work() -> None:
    selected = [fact("S1.1", kind="position"), fact("S1.2", kind="work"), fact("S1.4", kind="award")]
    assert [found.certain for found in held(*selected).facts] == [True, True, False]
    others = read(*selected, about={"S1": "recipient"}, site="other")
    assert not any(found.certain for found in verified(pages(), others).facts)


def test_two_independent_pages_make_a_fact_certain() -> None:
    together = fact("S1.2", "S2.4", statement="Ada Example studies superfluid helium in pores.", kind="award")
    assert [found.certain for found in held(together).facts] == [True]


def test_a_page_that_tells_something_else_confirms_nothing() -> None:
    together = fact("S1.2", "S2.1", statement="Ada Example studies superfluid helium in pores.", kind="award")
    assert [found.certain for found in held(together).facts] == [False]


def test_copies_and_pages_of_one_domain_are_one_source() -> None:
    sentence = "Ada Example studies superfluid helium in the pores of old stones every day."
    copy = collected(
        Page("https://a.example/", "T", sentence + " One."), Page("https://b.test/", "T", sentence + " Two.")
    )
    same = collected(
        Page("https://news.test/1", "T", "Ada Example studies superfluid helium in pores."),
        Page("https://www.news.test/2", "T", "Helium in pores, superfluid, is what Ada Example studies."),
    )
    for found in (copy, same):
        answer = read(
            fact("S1.1", "S2.1", statement="Ada Example studies superfluid helium in pores.", kind="other"),
            about={"S1": "recipient", "S2": "recipient"},
        )
        assert [kept.certain for kept in verified(found, answer).facts] == [False]


def test_money_needs_two_pages_that_are_the_recipients_or_the_institutions() -> None:
    told = "Ada Example received $3 million for superfluid helium."
    again = "For superfluid helium $3 million came to Ada Example, it received them gladly."
    institution = Page("https://lab.elsewhere.edu/ada", "Ada Example", again)
    both = collected(Page(HOME, "Ada Example", told), institution)
    news = collected(Page(HOME, "Ada Example", told), Page(NEWS, "News", again))
    selected = fact("S1.1", "S2.1", statement=told)
    assert len(verified(both, read(selected, about={"S1": "recipient", "S2": "recipient"})).facts) == 1
    assert verified(news, read(selected, about={"S1": "recipient", "S2": "recipient"})).drops == {"money": 1}


@pytest.mark.parametrize(("elsewhere", "certain"), [("Universität Nirgendwo", True), ("College of Nowhere", False)])
def test_an_institutions_page_is_known_by_its_domain_that_another_page_explains(
    elsewhere: str, *, certain: bool
) -> None:
    page = Page("https://www.uni-nirgendwo.de/th1", "Staff", "Ada Example is a professor of physics here.")
    other = Page("https://cluster.test/", "People", f"Ada Example came from {elsewhere} in the spring.")
    answer = read(fact("S1.1", kind="position"), about={"S1": "recipient", "S2": "recipient"}, site="institution")
    assert [found.certain for found in verified(collected(page, other), answer).facts] == [certain]
