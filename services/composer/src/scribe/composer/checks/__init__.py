"""What an e-mail must be before it is written down: small functions, grouped by the question they answer."""

from dataclasses import dataclass

from scribe.composer.checks import form, grounding, links, recipient, style, template
from scribe.composer.checks.problem import Check, Problem
from scribe.composer.draft import Draft
from scribe.composer.material import Material

__all__ = ["GROUPS", "Check", "Group", "Problem", "check_names", "problems_of", "public_reason"]


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
    Group(
        "The language model kept adding things that the research does not support, so the e-mail was not written.",
        (
            links.holds_foreign_links,
            grounding.names_unknown_publications,
            grounding.states_unsourced_details,
            grounding.states_without_source,
        ),
    ),
    Group(
        "The language model kept copying from its sources, so the e-mail was not written. You can try it again.",
        (style.copies_a_source, style.sounds_like_a_machine),
    ),
)


def problems_of(draft: Draft, material: Material) -> list[Problem]:
    """Everything that is wrong with a draft, in the order of the groups; of one without text or end only that."""
    hopeless = list(form.is_empty(draft, material)) or list(form.is_beyond_reading(draft, material))
    if hopeless:
        return hopeless
    return [problem for group in GROUPS for check in group.checks for problem in check(draft, material)]


def check_names() -> list[str]:
    """The names of all checks."""
    return [check.__name__ for group in GROUPS for check in group.checks]


def public_reason(problem: Problem) -> str:
    """The sentence that tells the user why there is no e-mail."""
    names = {check.__name__: group.public for group in GROUPS for check in group.checks}
    return names[problem.check]
