"""Whether a sentence tells of a post as if it were held today, recognised by short lists of words.

An old page says "is a postdoctoral researcher" for ever; a reader that knows better from another page calls it past.
"""

import re
import unicodedata

_PRESENT = re.compile(
    r"\b(?:i am|is|are|works|leads|teaches|serves|currently"
    r"|ich bin|ist|sind|arbeitet|leitet|lehrt|forscht|derzeit|suis|est|sont|travaille|dirige|enseigne"
    r"|soy|es (?:una?|el|la|profes\w{2,3}|investigador\w?|doctor\w{1,4}|direct\w{2,3})|trabaja|enseña"
    r"|è|sono|lavora|insegna|sou|é|são|trabalha|ik ben|werkt"
    r"|er (?:\w+ ){1,3}(?:ved|på|hos)|arbejder|jobber|är|arbetar|jest|pracuje)\b"
)
"""A word that is a pronoun, a preposition or a name elsewhere (`er`, `es`, `am`, `ben`) counts with what follows it."""
_OVER = re.compile(
    r"\b(?:was|were|had|been|former(?:ly)?|previous(?:ly)?|earlier|until|till|once|ex|past|alum\w{2,4}|graduat\w{1,3}|emerit\w{2,3}"
    r"|war|waren|ehemal\w{2,4}|früher\w{0,2}|bis|zuvor|était|étaient|fut|ancien\w{0,4}|jusqu\w{0,4}"
    r"|fue|era|eran|hasta|antigu[oa]|stat[oa]|fino|già|foi|até|antig[oa]|waren|voormalig\w?|tot"
    r"|var|tidligere|tidigare|indtil|fram|był[ao]?|dawn\w{1,4})\b|\d{4}"
)
"""A year dates what is told, whatever the verb."""


def is_told_as_of_today(sentence: str) -> bool:
    """Whether the sentence has a verb of the present and nothing that says of when it is."""
    plain = unicodedata.normalize("NFKC", sentence).casefold()
    return bool(_PRESENT.search(plain)) and not _OVER.search(plain)
