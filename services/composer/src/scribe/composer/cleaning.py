"""What needs no model to be put right: wrappings, white space, the subject line, the sender's name."""

import re

from scribe.common.text.invisible import with_plain_line_ends, without_invisible
from scribe.common.text.placeholders import find_gaps
from scribe.common.text.thinking import without_thinking
from scribe.composer.checks.template import is_sender_name
from scribe.composer.draft import Draft
from scribe.composer.material import Material

_FENCE = re.compile(r"\A\s*```[\w-]*\n(.*?)\n?```\s*\Z", re.DOTALL)
_SUBJECT = re.compile(r"\A\s*(?:subject|betreff|objet|asunto|oggetto|assunto)\s*:[^\n]*(?:\n|\Z)", re.IGNORECASE)


def cleaned(draft: Draft, material: Material) -> Draft:
    """The draft as it was meant: without wrappings, tidy, with a subject line if and only if the template has one."""
    body = without_thinking(without_invisible(with_plain_line_ends(draft.body)))
    if fence := _FENCE.match(body):
        body = fence.group(1)
    body = with_subject(tidy(body), draft.subject, material.template)
    return draft.model_copy(update={"body": with_sender_name(body, material)})


def tidy(text: str) -> str:
    """No white space at the ends of lines or of the text, no more than one blank line in a row."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def with_subject(body: str, subject: str | None, template: str) -> str:
    """The body with the subject line that the template has, or without the one that it has not."""
    if not body:
        return body
    wanted, given = _SUBJECT.match(template), _SUBJECT.match(body)
    if wanted and not given and subject:
        gap = "\n\n" if template[wanted.end() :].startswith("\n") else "\n"
        label = wanted.group().partition(":")[0].strip()
        return f"{label}: {' '.join(subject.split())}{gap}{body}"
    if given and not wanted:
        return body[given.end() :].lstrip("\n")
    return body


def subject_of(body: str) -> str | None:
    """The text of a body's subject line."""
    line = _SUBJECT.match(body)
    return line.group().partition(":")[2].strip() if line else None


def with_sender_name(body: str, material: Material) -> str:
    """The body with the sender's name in the gaps that ask for it, where it is known."""
    if not material.sender_name:
        return body
    asking = {p.text for p in material.placeholders if p.about == "sender" and is_sender_name(p.text)}
    for gap in reversed(find_gaps(body)):
        if gap.text in asking:
            body = f"{body[: gap.start]}{material.sender_name}{body[gap.end :]}"
    return body
