"""People's names: taken apart, shown and compared. The one name type of all steps.

person = parse_name("Maid Jr., Amy")
person.given, person.family           # ("amy",), ("maid",)
person.shown                          # "Amy Maid"
matches(person, "A. Maid")            # Match.INITIAL
same_person("Chris Maid", "Christopher Maid, M.D.")
"""

from scribe.common.text.names.comparing import Match, best_match, compare_names, matches, same_person
from scribe.common.text.names.parsing import MAX_NAME, parse_name
from scribe.common.text.names.person import PersonName, reversed_reading, spellings

__all__ = [
    "MAX_NAME",
    "Match",
    "PersonName",
    "best_match",
    "compare_names",
    "matches",
    "parse_name",
    "reversed_reading",
    "same_person",
    "spellings",
]
