"""Is it so? Every detail has a source, and every publication named is one that was found."""

import re
from collections.abc import Iterator

from scribe.common.text.wording import sentences, words
from scribe.composer.checks.problem import Problem
from scribe.composer.draft import Draft
from scribe.composer.grounding import ground_all
from scribe.composer.material import Material
from scribe.composer.telling import sequence, telling

NOVELTY = 2
NOVELTY_OF_RECIPIENT = 1
FOREIGN_NOVELTY = 8
"""Words of its own from which on a sentence says something; more where common words cannot be told apart."""
SUPPORT = 1 / 3
"""Share of them that its sources must hold."""

_QUOTED = re.compile(
    r"[“\"„«]([^“”\"„«»\n]{3,300})[”\"»“]|(?<!\w)[*_]([^*_\n]{3,300})[*_](?!\w)|(?<!\w)[‘']([^‘’'\n]{8,300})[’'](?!\w)"
)


def names_unknown_publications(draft: Draft, material: Material) -> Iterator[Problem]:
    """A title in quotes or italics that is neither a paper's, nor in a fact, nor made of the sender's words."""
    known = [sequence(material.own_text), *(item.sequence for item in material.evidence.values())]
    for title in titles_of(draft.body):
        if any(sequence(title) in text for text in known) or set(telling(title)) <= material.own_stems:
            continue
        bearing = tuple(sentence for sentence in sentences(draft.body) if title in sentence)
        yield Problem(
            "names_unknown_publications",
            f'"{title}" is in neither facts nor papers. Name only publications from there, with their exact titles.',
            bearing,
        )


def titles_of(text: str) -> list[str]:
    """What stands in quotes or italics and has two words or more."""
    found = ((match.group(1) or match.group(2) or match.group(3)).strip(" .,;:!?") for match in _QUOTED.finditer(text))
    return [title for title in found if len(words(title)) > 1]


def states_unsourced_details(draft: Draft, material: Material) -> Iterator[Problem]:
    """A name, number, place or grave word that the sentence's sources do not hold."""
    for grounding in ground_all(draft, material):
        if grounding.unsupported:
            shown = ", ".join(sorted(grounding.unsupported))
            yield Problem(
                "states_unsourced_details",
                f'No fact or paper holds: {shown}. Leave it out, in: "{grounding.sentence}".',
                (grounding.sentence,),
            )


def states_without_source(draft: Draft, material: Material) -> Iterator[Problem]:
    """A sentence that says something new which no fact or paper comes near; of the recipient one word is enough."""
    for grounding in ground_all(draft, material):
        least = NOVELTY_OF_RECIPIENT if grounding.is_of_recipient else NOVELTY
        least = least if material.is_english else FOREIGN_NOVELTY
        if len(grounding.novel) >= least and grounding.support < SUPPORT:
            shown = ", ".join(grounding.unheld)
            yield Problem(
                "states_without_source",
                f'No fact or paper speaks of: {shown}. Leave it out, or say what they say, in: "{grounding.sentence}".',
                (grounding.sentence,),
            )
