"""Whom the stand-in world knows: one real author, whose arXiv records are real, and some who are invented.

Anybody else gets plausible sentences made from the name and the interest, always the same for the same person, so that
two hundred recipients get two hundred different e-mails. A name that contains `Nobody` is unknown to everyone.
"""

import hashlib
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """One academic. `sentences` are what pages say; each page tells some of them."""

    name: str
    slug: str
    institution: str
    field: str
    sentences: tuple[str, ...]


KNOWN = (
    Person(
        "Adrian Del Maestro",
        "del-maestro",
        "University of Tennessee",
        "condensed matter physics",
        (
            "Adrian Del Maestro is a professor of physics at the University of Tennessee, Knoxville.",
            "Del Maestro leads a research group that studies quantum fluids in confined geometries.",
            "The group of Del Maestro develops quantum Monte Carlo methods for helium-4 at low temperatures.",
            "Del Maestro has studied the particle partition entanglement of bosonic Luttinger liquids.",
            "Adrian Del Maestro makes his simulation codes available as open source software.",
        ),
    ),
    Person(
        "Miriam Okafor",
        "okafor",
        "Harrow University",
        "history",
        (
            "Miriam Okafor is a professor of history at Harrow University.",
            "Okafor wrote the book The Salt Roads, a history of trade across the Sahel.",
            "The Salt Roads by Miriam Okafor draws on merchants' letters from four archives.",
            "Okafor teaches a seminar on reading account books as sources.",
        ),
    ),
    Person(
        "Jonas Lindqvist",
        "lindqvist",
        "Norrland Institute of Technology",
        "marine ecology",
        (
            "Jonas Lindqvist leads the coastal ecology laboratory at the Norrland Institute of Technology.",
            "Lindqvist monitors eelgrass meadows along the Baltic coast with students every summer.",
            "Jonas Lindqvist wrote the book Meadows Under Water for a general audience.",
        ),
    ),
    Person(
        "Hana Sato",
        "sato",
        "Kitakami University",
        "linguistics",
        (
            "Hana Sato is an associate professor of linguistics at Kitakami University.",
            "Sato records conversations of elderly speakers of Tohoku dialects.",
            "Hana Sato built an open corpus of dialect recordings with her students.",
        ),
    ),
    Person(
        "Peter van der Berg",
        "van-der-berg",
        "Delta College",
        "economics",
        (
            "Peter van der Berg is a lecturer in economics at Delta College.",
            "Van der Berg studies how small ports set their prices.",
            "Peter van der Berg wrote the book The Price of a Berth.",
        ),
    ),
)

_TITLES = re.compile(r"\b(?:prof(?:essor)?|dr|mr|mrs|ms|ph\.?d)\b\.?", re.IGNORECASE)
_PLACES = ("Alder", "Birch", "Cedar", "Dorn", "Elm", "Fern", "Gale", "Hazel", "Iris", "Juniper", "Kestrel", "Linden")
_KINDS = ("University", "Institute", "College", "Polytechnic")
_METHODS = ("field recordings", "archival work", "simulations", "laboratory experiments", "interviews", "surveys")
_OUTCOMES = (
    "an open data set",
    "a freely available handbook",
    "a summer school for undergraduates",
    "a travelling exhibition",
    "a software package that others use",
)


def find_in(text: str) -> Person | None:
    """The known person that a text speaks of."""
    folded = text.casefold()
    for person in KNOWN:
        if person.name.casefold() in folded or f"a. {person.name.split(maxsplit=1)[1]}".casefold() in folded:
            return person
    return None


def by_slug(slug: str) -> Person | None:
    """The known person whose pages are under `slug`."""
    return next((person for person in KNOWN if person.slug == slug), None)


def made_up(name: str, interest: str) -> Person:
    """A plausible person, the same for the same name and interest."""
    plain = " ".join(_TITLES.sub("", name).replace("  ", " ").split()) or name
    surname = plain.split()[-1]
    seed = hashlib.sha256(f"{plain.casefold()}|{interest.casefold()}".encode()).digest()
    place = f"{_PLACES[seed[0] % len(_PLACES)]} {_KINDS[seed[1] % len(_KINDS)]}"
    method, outcome = _METHODS[seed[2] % len(_METHODS)], _OUTCOMES[seed[3] % len(_OUTCOMES)]
    year = 2009 + seed[4] % 14
    return Person(
        plain,
        "".join(c if c.isalnum() else "-" for c in plain.casefold()),
        place,
        interest,
        (
            f"{plain} works on {interest} at {place}.",
            f"{surname} joined {place} in {year} and built a group around {interest}.",
            f"The group of {surname} combines {interest} with {method}.",
            f"{plain} and students turned their work on {interest} into {outcome}.",
        ),
    )
