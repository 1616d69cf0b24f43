"""Whether an e-mail stands on evidence. The model is not asked."""

from collections.abc import Iterable

from scribe.common.tasks.data import TemplateType
from scribe.composer.drafting import Finished
from scribe.composer.grounding import Grounding, ground_all
from scribe.composer.material import Evidence, Material


def claims_of(finished: Finished, material: Material) -> list[Grounding]:
    """The sentences that rest on a fact or a paper."""
    return [grounding for grounding in ground_all(finished.draft, material) if grounding.source_ids]


def used_evidence(claims: Iterable[Grounding], material: Material) -> list[Evidence]:
    """The facts and papers that the e-mail rests on, each once."""
    ids = dict.fromkeys(source_id for claim in claims for source_id in claim.source_ids)
    return [material.evidence[source_id] for source_id in ids]


def is_confident(used: list[Evidence], finished: Finished, template_type: TemplateType) -> bool:
    """Whether the evidence is of the kind that the template asks for, and nothing had to be cut.

    Research wants a paper or a fact that two sources share; the others such a fact, or facts from two pages.
    """
    if finished.cut:
        return False
    certain = any(item.kind == "fact" and item.certain for item in used)
    if template_type is TemplateType.RESEARCH:
        return certain or any(item.kind == "paper" for item in used)
    pages = {item.url for item in used if item.kind == "fact" and item.url}
    return certain or len(pages) > 1
