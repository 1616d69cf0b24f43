"""What an e-mail must be before it is written down: small functions, grouped by the question they answer."""

from collections.abc import Iterable
from dataclasses import dataclass

from scribe.composer.checks import contact, form, links, recipient, style, template
from scribe.composer.checks.problem import Check, DraftProblem
from scribe.composer.draft import Draft
from scribe.composer.material import Material

__all__ = ["UNSUPPORTED", "Check", "DraftProblem", "check_names", "is_beyond_judging", "problems_of", "public_reason"]

UNSUPPORTED = "is_unsupported"
"""The problem of a sentence that the evidence does not support; the checker finds it, none of these checks."""

INVENTED = "The language model kept adding things that the research does not support, so the e-mail was not written."


@dataclass(frozen=True)
class Group:
    """Checks that fail for one reason, and the sentence that tells the user of it."""

    public: str
    checks: tuple[Check, ...]


GROUPS = (
    Group(
        "The language model did not give a usable e-mail, even after two corrections. You can try it again.",
        (
            form.is_empty,
            form.is_a_refusal,
            form.holds_a_fence,
            form.holds_a_thinking_trace,
            form.holds_markup,
            form.holds_residue,
            form.speaks_of_the_task,
            form.is_too_long,
            form.is_too_short,
            form.is_in_another_language,
        ),
    ),
    Group(
        "The language model did not address the recipient correctly, even after two corrections. You can try it again.",
        (recipient.misnames_the_recipient, recipient.guesses_a_title, recipient.leaves_the_name_out),
    ),
    Group(
        "The language model did not keep to your template, even after two corrections. You can try it again.",
        (template.leaves_gaps, template.invents_the_sender, template.loses_fixed_text, template.breaks_paragraphs),
    ),
    Group(INVENTED, (links.holds_foreign_links, contact.holds_contact_data)),
    Group(
        "The language model kept copying from its sources, so the e-mail was not written. You can try it again.",
        (style.copies_a_source, style.sounds_like_a_machine),
    ),
)


def problems_of(draft: Draft, material: Material) -> list[DraftProblem]:
    """What is wrong with a draft's form, in the order of the groups; of one without text or end only that."""
    hopeless = list(form.is_empty(draft, material)) or list(form.is_beyond_reading(draft, material))
    if hopeless:
        return hopeless
    return [problem for group in GROUPS for check in group.checks for problem in check(draft, material)]


def is_beyond_judging(problems: Iterable[DraftProblem]) -> bool:
    """Whether what was written is no e-mail at all, so that its sentences need no judgement."""
    return not _NO_EMAIL.isdisjoint(problem.check for problem in problems)


_NO_EMAIL = {check.__name__ for check in (form.is_empty, form.is_a_refusal, form.is_too_long)}


def check_names() -> list[str]:
    """The names of everything that can be wrong."""
    return [*(check.__name__ for group in GROUPS for check in group.checks), UNSUPPORTED]


def public_reason(problem: DraftProblem) -> str:
    """The sentence that tells the user why there is no e-mail."""
    names = {check.__name__: group.public for group in GROUPS for check in group.checks}
    return names.get(problem.check, INVENTED)
