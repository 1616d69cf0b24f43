"""Whether an author, as a record spells one, can be the person looked for."""

from scribe.common.text.names import Match, best_match
from scribe.common.text.names import matches as match_author

__all__ = ["Match", "best_match", "match_author"]
