"""What a user says of a recipient, as the steps use it, and what the user is told where a part is left out."""

from scribe.common.errors import PermanentError
from scribe.common.text.injection import before_instructions

NO_NAME = "The recipient's name does not look like a name."
INTEREST_CUT = "A part of the interest is left out: a link, or words that give orders instead of naming a subject."


def is_name(given: str) -> bool:
    """Whether anything of it can be a name: letters, before the first line end, link, bracket or instruction."""
    return any(map(str.isalpha, before_instructions(given)))


def recipient_name(given: str) -> str:
    """The part of it that can be a name.

    Raises:
        PermanentError: there is none.
    """
    if not is_name(given):
        raise PermanentError("the recipient's name is none", public=NO_NAME)
    return before_instructions(given)
