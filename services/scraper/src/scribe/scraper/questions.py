"""What is asked about a recipient: who it is, and what was published, by the type of the template."""

from scribe.common.tasks.data import PipelineData, TemplateType

MAX_QUESTION = 600

_PUBLICATIONS = {
    TemplateType.RESEARCH: "Which research papers and results of {name} on {interest} matter most or are recent?",
    TemplateType.BOOK: "Which books has {name} written, in particular on {interest}, and what are they about?",
    TemplateType.GENERAL: "What has {name} done, published or said recently, in particular on {interest}?",
}


def questions(data: PipelineData) -> tuple[str, str]:
    """The question about the background and the one about publications."""
    kind = data.parsed.template_type if data.parsed else TemplateType.GENERAL
    name, interest = _line(data.recipient_name), _line(data.recipient_interest)
    terms = "; ".join(dict.fromkeys(map(_line, data.parsed.search_terms))) if data.parsed else ""
    background = (
        f"Who is {name} ({interest})? Position, institution, field of work, career, awards and current projects."
    )
    publications = _PUBLICATIONS[kind].format(name=name, interest=interest)
    searched = f" Search terms: {terms}." if terms else ""
    return (background + searched)[:MAX_QUESTION], (publications + searched)[:MAX_QUESTION]


def _line(text: str) -> str:
    return " ".join(text.split())
