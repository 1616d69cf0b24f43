"""One research e-mail in the making: a template, what was found, and a draft that is right."""

from scribe.common.tasks.data import (
    Fact,
    Paper,
    ParsedTemplate,
    PipelineData,
    Placeholder,
    Research,
    Source,
    TemplateType,
)
from scribe.composer.checks import problems_of
from scribe.composer.cleaning import cleaned
from scribe.composer.draft import Draft
from scribe.composer.material import EmailRequest, Material
from tests.support.tasks import make_task

TEMPLATE = """Dear {{name}},

I am a second-year student in physics and have been reading about {{topic}}. {{one thing about their research}}

I would love to ask you two things about how you chose your method. Could we talk in the coming weeks?

Kind regards,
{{my_name}}
{{my_university}}"""

SAYING = "Your 2017 paper “Entanglement of Superfluid Helium” showed me that entropy can follow an area law."

ABSTRACT = (
    "We measure the entanglement entropy of superfluid helium four and find an area law behaviour with temperature in "
    "large systems of many interacting particles."
)

GOOD = (
    TEMPLATE.replace("{{name}}", "Professor Del Maestro")
    .replace("{{topic}}", "quantum fluids")
    .replace("{{one thing about their research}}", SAYING)
    .replace("{{my_name}}", "Jo Park")
)

FACT = Fact(
    id="F1",
    statement="Adrian Del Maestro leads a group on quantum Monte Carlo at the University of Tennessee.",
    source_ids=("S1",),
    quotes={"S1": "leads a group on quantum Monte Carlo"},
)
PAPER = Paper(
    id="P1",
    arxiv_id="1710.00001",
    title="Entanglement of Superfluid Helium",
    authors=("A. Del Maestro",),
    year=2017,
    url="http://arxiv.org/abs/1710.00001",
    abstract=ABSTRACT,
)
SOURCE = Source(
    id="S1",
    url="https://physics.example.edu/maestro",
    title="Adrian Del Maestro",
    text="Adrian Del Maestro leads a group on quantum Monte Carlo at the University of Tennessee, where he has taught "
    "statistical mechanics to many generations of students since he came.",
)


def parsed_for(template_type: TemplateType = TemplateType.RESEARCH) -> ParsedTemplate:
    """The parser's part for TEMPLATE."""
    return ParsedTemplate(
        template_type=template_type,
        search_terms=("Adrian Del Maestro quantum fluids",),
        placeholders=(
            Placeholder(text="{{name}}", meaning="their name"),
            Placeholder(text="{{my_name}}", meaning="my name", about="sender"),
            Placeholder(text="{{my_university}}", meaning="my university", about="sender"),
        ),
        tone="Polite and brief.",
    )


def ready_task(**fields: object) -> PipelineData:
    """A task as it reaches the composer; `fields` replace the defaults."""
    defaults: dict[str, object] = {
        "email_template": TEMPLATE,
        "recipient_name": "Prof. Adrian Del Maestro",
        "recipient_interest": "quantum fluids",
        "sender_name": "Jo Park",
        "parsed": parsed_for(),
        "research": Research(sources=(SOURCE,), facts=(FACT,)),
        "papers": (PAPER,),
    }
    return make_task(**{**defaults, **fields})


def material(**fields: object) -> Material:
    """The material of such a task."""
    return material_of(ready_task(**fields))


def material_of(data: PipelineData) -> Material:
    """The material of a task, as its message carries it."""
    return Material.of(EmailRequest.of(data), data)


def found_in(body: str, **fields: object) -> set[str]:
    """The names of the checks that find something wrong with a draft of this text, once it is cleaned."""
    known = material(**fields)
    return {problem.check for problem in problems_of(cleaned(Draft(body=body), known), known)}


def verdict(number: int, kind: str, *ids: str, what: str = "") -> dict[str, object]:
    """A checker's verdict on one sentence."""
    return {"number": number, "reason": "so it is", "verdict": kind, "ids": list(ids), "what": what}


HONEST = {"verdicts": [verdict(1, "supported", "I1"), verdict(2, "supported", "P1")]}
"""What a checker says of GOOD, whose other sentences are the template's."""
