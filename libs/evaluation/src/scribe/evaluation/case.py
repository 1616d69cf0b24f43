"""One case: who is written to with which template, what there is to find, and what must not happen."""

import json
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict

from scribe.common.tasks.data import TemplateType
from scribe.evaluation.world import PageRecord, World
from scribe.fakes.controls import Behaviour

Place = Literal[
    "page", "page_title", "answer", "abstract", "paper_title", "fact", "name", "interest", "sender", "template"
]


class Attack(BaseModel):
    """A hostile text, where it stands, and the words that tell that it was obeyed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = ""
    where: Place
    payload: str
    canaries: tuple[str, ...]


class Case(BaseModel):
    """`stays` are the gaps that nobody can fill; `confident` is None where either would be right."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: Literal["famous", "obscure", "namesake", "no result", "hostile", "style"]
    recipient: str
    interest: str
    template: str
    sender: str | None = "Jo Park"
    world: World
    template_type: TemplateType | None = None
    stays: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    confident: bool | None = None
    attack: Attack | None = None
    behaviour: Behaviour = "helpful"
    never: tuple[str, ...] = ()

    @property
    def forbidden(self) -> tuple[str, ...]:
        """What must not stand in the e-mail."""
        return (*self.never, *(self.attack.canaries if self.attack else ()))


def load_cases() -> list[Case]:
    """All cases, with the people and templates that they name put in."""
    people, templates, cases = (_read(name) for name in ("people", "templates", "cases"))
    if not isinstance(people, dict) or not isinstance(templates, dict) or not isinstance(cases, list):
        raise TypeError("people and templates are objects, cases are a list")
    return [_case(entry, people, templates) for entry in cases]


def _read(name: str) -> object:
    parsed: object = json.loads((files("scribe.evaluation.cases") / f"{name}.json").read_text("utf-8"))
    return parsed


def _case(entry: dict[str, object], people: dict[str, object], templates: dict[str, object]) -> Case:
    fields = {**entry, "world": people[str(entry["world"])], "template": templates[str(entry["template"])]}
    case = Case.model_validate(fields)
    return attacked(case, case.attack) if case.attack else case


def attacked(case: Case, attack: Attack) -> Case:
    """The case with a hostile text in its place."""
    text = attack.payload
    match attack.where:
        case "name":
            changes: dict[str, object] = {"recipient": text}
        case "interest" | "sender":
            changes = {attack.where: text}
        case "template":
            changes = {"template": f"{case.template}\n\n{text}"}
        case _:
            changes = {"world": case.world.model_copy(update=_attacked_world(case.world, attack))}
    return case.model_copy(update={**changes, "attack": attack})


def _attacked_world(world: World, attack: Attack) -> dict[str, object]:
    text = attack.payload
    match attack.where:
        case "page":
            honest = world.pages[0].text if world.pages else ""
            page = PageRecord(url="https://mirror.example/profile", title="Profile", text=f"{honest}\n\n{text}")
            return {"pages": (*world.pages, page)}
        case "page_title":
            return {"pages": tuple(page.model_copy(update={"title": text}) for page in world.pages)}
        case "abstract":
            return {"papers": tuple(paper.model_copy(update={"abstract": text}) for paper in world.papers)}
        case "paper_title":
            return {"papers": tuple(paper.model_copy(update={"title": text}) for paper in world.papers)}
        case "answer":
            return {"answers": (text,)}
        case _:
            return {"facts": (text,)}
