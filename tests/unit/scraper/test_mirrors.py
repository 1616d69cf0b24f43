"""Copies of one text are told from texts on one subject."""

from scribe.scraper.mirrors import mirror_groups

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
STORY = " ".join(f"Ada Example told the reporter thing number {n} about helium and the {n} pores." for n in NUMBERS)
OTHER = " ".join(f"Another page says in its own words that pore {n} is narrow, as Ada Example knows." for n in NUMBERS)


def test_copies_stand_behind_the_longest() -> None:
    texts = {
        "S1": f"Menu {STORY} Related posts",
        "S2": f"{STORY} More words of the first publisher stand here",
        "S3": OTHER,
    }
    assert mirror_groups(texts) == {"S1": "S2", "S2": "S2", "S3": "S3"}


def test_a_shortened_copy_is_a_copy() -> None:
    assert mirror_groups({"S1": STORY, "S2": STORY[: len(STORY) // 2]}) == {"S1": "S1", "S2": "S1"}


def test_a_sentence_in_common_makes_no_copy_and_short_texts_are_never_one() -> None:
    shared = "Ada Example is a professor of physics at Nowhere College in Nowhere."
    assert mirror_groups({"S1": f"{STORY} {shared}", "S2": f"{OTHER} {shared}"}) == {"S1": "S1", "S2": "S2"}
    assert mirror_groups({"S1": shared, "S2": shared}) == {"S1": "S1", "S2": "S1"}
    assert mirror_groups({"S1": "Ada", "S2": "Ada"}) == {"S1": "S1", "S2": "S2"}
