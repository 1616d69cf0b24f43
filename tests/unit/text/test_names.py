"""However a name is written, the person is the same: titles, degrees, affiliations, order, spelling."""

import pytest

from scribe.common.text.names import Match, matches, parse_name, same_person

AMY_MAID = [
    "Amy Maid, M.D.",
    "Amy Maid, Ph. D.",
    "Amy Maid, MD, MPH",
    "Amy Maid, OBE, FRSC",
    "Amy Maid, Professor",
    "Amy Maid, Professor of Physics",
    "Amy Maid, Associate Professor, MIT",
    "Amy Maid, MIT",
    "Amy Maid, Stanford University",
    "Amy Maid, Department of Physics",
    "Amy Maid, Ph.D., P.E.",
    "Amy Maid, BSc (Hons)",
    "Amy Maid PhD",
    "Amy Maid Ph.D.",
    "Amy Maid III",
    "Dr Amy Maid FRS",
    "Prof. Dame Amy Maid DBE FRS",
    "Maid, Amy",
    "Maid Jr., Amy",
    "Maid, Amy, Jr.",
    "Maid, Dr. Amy, MD",
    "MAID Amy",
    "Amy MAID",
    "AMY MAID",
    "MAID, Amy",
    "Amy Maid <amy.maid@uni.example>",
    "Amy Maid (she/her)",
    "Amy Maid (MIT)",
    "Amy Maid - MIT",
    "Amy Maid | Stanford",
    "Dra. Amy Maid",
    "Profa. Dra. Amy Maid",
    "PD Dr. Amy Maid",
    "Univ.-Prof. Dr. Amy Maid",
    "Prof. Dr.-Ing. Amy Maid",
    "Prof. Dr. Dr. h.c. mult. Amy Maid",
    "Rev. Dr. Amy Maid",
    "Mag. Dr. Amy Maid",
    "Ing. Amy Maid, CSc.",
    "prof. dr hab. inż. Amy Maid",
    "Mme la Professeure Amy Maid",
    "Judge Amy Maid",
    "Prof Emerita Amy Maid",
]
TOLD_APART = [
    ("danah boyd", "danah", "boyd", "danah boyd"),
    ("Dean Mobbs", "dean", "mobbs", "Dean Mobbs"),
    ("King Lau", "king", "lau", "King Lau"),
    ("Dr. Phil Zimbardo", "phil", "zimbardo", "Phil Zimbardo"),
    ("Dr. H. C. Brown", "h c", "brown", "H. C. Brown"),
    ("P. D. James", "p d", "james", "P. D. James"),
    ("Nat Friedman", "nat", "friedman", "Nat Friedman"),
    ("Yo-Yo Ma", "yo yo", "ma", "Yo-Yo Ma"),
    ("Ma, Yo-Yo", "yo yo", "ma", "Yo-Yo Ma"),
    ("Wang, Ma", "ma", "wang", "Ma Wang"),
    ("Maid, A. B.", "a b", "maid", "A. B. Maid"),
    ("Maid, AB", "a b", "maid", "AB Maid"),
    ("AJ Maid", "a j", "maid", "AJ Maid"),
    ("JRR Tolkien", "j r r", "tolkien", "JRR Tolkien"),
    ("Del Maestro, A.", "a", "del maestro", "A. Del Maestro"),
    ("van der BERG Vincent", "vincent", "van der berg", "Vincent van der Berg"),
    ("LI Xiaoming", "xiaoming", "li", "Xiaoming Li"),
    ("Pan Jianwei", "jianwei", "pan", "Pan Jianwei"),
    ("Kim Min-jun", "min jun", "kim", "Kim Min-jun"),
    ("Nguyễn Văn An", "van an", "nguyen", "Nguyễn Văn An"),
    ("Hung Van Nguyen", "hung van", "nguyen", "Hung Van Nguyen"),
    ("Lee Smolin", "lee", "smolin", "Lee Smolin"),
    ("Kim Novak", "kim", "novak", "Kim Novak"),
    ("Plato", "", "plato", "Plato"),
    ("Plato, PhD", "", "plato", "Plato"),
]


@pytest.mark.parametrize("text", AMY_MAID)
def test_titles_degrees_and_affiliations_are_no_part_of_the_name(text: str) -> None:
    person = parse_name(text)
    assert person is not None
    assert (person.given, person.particles, person.family) == (("amy",), (), ("maid",))
    assert person.shown == "Amy Maid"


@pytest.mark.parametrize(("text", "given", "family", "shown"), TOLD_APART)
def test_given_and_family_name_are_told_apart(text: str, given: str, family: str, shown: str) -> None:
    person = parse_name(text)
    assert person is not None
    assert (" ".join(person.given), person.whole_family, person.shown) == (given, family, shown)


@pytest.mark.parametrize(
    ("name", "other", "match"),
    [
        ("Chris Maid", "Christopher Maid", Match.VARIANT),
        ("Dave Maid", "David R. Maid", Match.VARIANT),
        ("Liz Maid", "Elizabeth Maid", Match.VARIANT),
        ("Sasha Ivanov", "Aleksandr Ivanov", Match.VARIANT),
        ("Pepe Ruiz", "José Ruiz", Match.VARIANT),
        ("Min-jun Kim", "Minjun Kim", Match.FULL),
        ("Kim Minjun", "Min-Jun Kim", Match.FULL),
        ("Xiaoming Li", "Xiao-Ming Li", Match.FULL),
        ("Pan Jianwei", "Jian-Wei Pan", Match.FULL),
        ("Pan Jianwei", "J.-W. Pan", Match.INITIAL),
        ("Müller, Jürgen", "Juergen Mueller", Match.FULL),
        ("Jurgen Muller", "Jürgen Müller", Match.FULL),
        ("Søren Ødegård", "Soeren Oedegaard", Match.FULL),
        ("danah boyd", "Danah Boyd", Match.FULL),
        ("Ana García Vidal", "Ana García", Match.FULL),
        ("Ana García", "A. García-Vidal", Match.INITIAL),
        ("Ana García Vidal", "Ana Vidal", Match.FULL),
        ("Nguyễn Văn An", "An Nguyen", Match.NONE),
        ("Nguyễn Văn An", "Van An Nguyen", Match.FULL),
        ("Guðrún Jónsdóttir", "Gudrun Jonsdottir", Match.FULL),
        ("Þóra Einarsdóttir", "Thora Einarsdottir", Match.FULL),
        ("Plato", "Plato", Match.FULL),
        ("Amy Maid, M.D.", "A. Maid", Match.INITIAL),
    ],
)
def test_spellings_of_one_person_agree(name: str, other: str, match: Match) -> None:
    one, two = parse_name(name), parse_name(other)
    assert one is not None
    assert two is not None
    assert (matches(one, other), matches(two, name)) == (match, match)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Dr. Chris Maid", "Maid, Christopher", True),
        ("王小明", "王小明", True),
        ("王小明", "李小明", False),
        ("Amy Maid", "Ann Maid", False),
        ("Michael Bauer", "Michael Baur", False),
        ("Michal Bauer", "Michelle Bauer", False),
        ("John Michael Smith", "John Michael", False),
        ("Ana García Vidal", "Ana Torres", False),
        ("Amy Maid", "", False),
    ],
)
def test_two_names_are_one_persons_or_not(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
    assert same_person(other, one) is same
