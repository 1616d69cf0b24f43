"""Whether an e-mail stands on evidence. No model is asked."""

from scribe.common.tasks.data import TemplateType
from scribe.composer.drafting import AcceptedDraft
from scribe.composer.evidence import Evidence
from scribe.composer.material import Material


def used_evidence(accepted: AcceptedDraft, material: Material) -> list[Evidence]:
    """The facts and papers that the e-mail rests on: by its claims, or where nobody checked as the writer says."""
    ids = [source_id for claim in accepted.judgement.claims for source_id in claim.source_ids]
    if not accepted.judgement.is_checked:
        ids += accepted.draft.source_ids
    return [material.evidence[source_id] for source_id in dict.fromkeys(ids) if source_id in material.evidence]


def is_confident(used: list[Evidence], accepted: AcceptedDraft, template_type: TemplateType) -> bool:
    """Whether every sentence was checked, none had to be cut, and the evidence is of the kind that the template wants.

    Research wants a paper or a fact that is certain; the others such a fact, or facts from two pages.
    """
    if accepted.cut or not accepted.judgement.is_checked:
        return False
    certain = {item.kind for item in used if item.certain}
    if template_type is TemplateType.RESEARCH:
        return bool(certain)
    pages = {item.url for item in used if item.kind == "fact" and item.url}
    return "fact" in certain or len(pages) > 1
