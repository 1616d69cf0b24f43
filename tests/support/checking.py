"""Checkers that say what a test wants."""

from scribe.common.models.prompts import load_prompt
from scribe.composer.checker import Checker
from tests.support.models import Said, Script, scripted
from tests.support.writing import HONEST


def checker_saying(*answers: Said) -> tuple[Checker, Script]:
    """A checker whose model gives these answers, in turn; without any it finds GOOD right."""
    model, script = scripted(*(answers or (HONEST,)))
    return Checker(model, load_prompt("scribe.composer.prompts", "check")), script
