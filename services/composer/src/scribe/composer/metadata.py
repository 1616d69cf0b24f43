"""The metadata of an e-mail, in the shape of the REST contract's `metadata`."""

from collections.abc import Mapping
from dataclasses import dataclass

from scribe.common.models import price_warnings
from scribe.common.tasks.data import PipelineData, TemplateType
from scribe.common.tasks.route import ROUTE
from scribe.common.tasks.steps import Step
from scribe.common.tasks.usage import total
from scribe.common.text.placeholders import find_gaps
from scribe.composer.cleaning import subject_of
from scribe.composer.confidence import is_confident, used_evidence
from scribe.composer.drafting import AcceptedDraft
from scribe.composer.evidence import Evidence
from scribe.composer.judging import Claim
from scribe.composer.material import Material

NOTHING_FOUND = "Nothing was found about the recipient, so the e-mail rests on what you said about them."
NOTHING_USED = "The e-mail rests on what you said about the recipient; none of the findings is used in it."
SINGLE_SOURCE = "What the e-mail says about the recipient rests on single sources; please check it."
LEFT_OUT = "Something in the template or in what was found speaks to a language model, and was left out."
CUT = "A sentence that the research does not support was taken out; please read the e-mail with care."
UNCHECKED = "Nobody has checked whether what the e-mail says is true; please read it with care."
MACHINE = "Some phrases may sound written by a machine."


@dataclass(frozen=True)
class FinishedEmail:
    """What is written down. `metadata` is JSON."""

    message: str
    template_type: TemplateType
    is_confident: bool
    metadata: Mapping[str, object]
    warnings: tuple[str, ...]


def finish(data: PipelineData, material: Material, accepted: AcceptedDraft, seconds: float) -> FinishedEmail:
    """The e-mail with its evidence. `data` counts what the composer used already; `seconds` is what it took."""
    used = used_evidence(accepted, material)
    warnings = tuple(dict.fromkeys([*data.warnings, *warnings_of(material, accepted, used)]))
    timings = {**data.step_timings, Step.COMPOSER: seconds}
    metadata: dict[str, object] = {
        **_research(data, material, used),
        "step_timings": {step.wire_name: round(timings.get(step, 0.0), 3) for step in ROUTE},
        "generation_time": round(sum(timings.get(step, 0.0) for step in ROUTE), 3),
        "arxiv_wait": round(data.waited, 3),
        "models": {ROUTE.wire_name(step): spent.model for step, spent in data.usage.items()},
        "usage": _usage(data),
        "claims": [_claim(claim, material) for claim in accepted.judgement.claims],
        "warnings": list(warnings),
        "subject": subject_of(accepted.draft.body),
        "corrections": accepted.tries - 1,
        "prompt_versions": {ROUTE.wire_name(step): version for step, version in data.prompt_versions.items()},
    }
    return FinishedEmail(
        message=accepted.draft.body,
        template_type=material.template_type,
        is_confident=is_confident(used, accepted, material.template_type),
        metadata=metadata,
        warnings=warnings,
    )


def warnings_of(material: Material, accepted: AcceptedDraft, used: list[Evidence]) -> list[str]:
    """What the sender should know before sending."""
    gaps = dict.fromkeys(gap.text for gap in find_gaps(accepted.draft.body))
    warnings = [f"Please fill in {gap} yourself: nobody has said what belongs there." for gap in gaps]
    if not material.evidence:
        warnings.append(NOTHING_FOUND)
    elif not used:
        warnings.append(NOTHING_USED)
    elif not any(item.certain for item in used):
        warnings.append(SINGLE_SOURCE)
    reasons = {
        LEFT_OUT: material.left_out,
        CUT: accepted.cut,
        UNCHECKED: not accepted.judgement.is_checked,
        MACHINE: accepted.judgement.problems,
    }
    warnings += [warning for warning, applies in reasons.items() if applies]
    return [*warnings, *price_warnings(total((accepted.usage, accepted.checker_usage)))]


def _research(data: PipelineData, material: Material, used: list[Evidence]) -> dict[str, object]:
    return {
        "search_terms": list(data.parsed.search_terms) if data.parsed else [],
        "template_type": material.template_type.value,
        "sources": [{"url": source.url, "title": source.title} for source in material.sources],
        "scraped_urls": [source.url for source in material.sources if source.origin == "page"],
        "arxiv_papers": [
            {
                "title": paper.title,
                "authors": list(paper.authors),
                "year": paper.year,
                "url": paper.url,
                "certain": paper.certain,
            }
            for paper in data.papers or ()
        ],
        "papers_used": [item.title for item in used if item.kind == "paper"],
        "facts": {
            "kept": len(material.facts),
            "dropped": data.research.facts_dropped if data.research else 0,
            "left_out": material.left_out,
        },
    }


def _claim(claim: Claim, material: Material) -> dict[str, object]:
    cited = [material.citable[source_id] for source_id in claim.source_ids]
    return {
        "sentence": claim.sentence,
        "source_ids": list(claim.source_ids),
        "sources": [
            {"id": item.id, "kind": item.kind, "title": title, "url": url}
            for item in cited
            for title, url in item.pages
        ],
    }


def _usage(data: PipelineData) -> dict[str, object]:
    """What was paid for: by step, by role within `roles`, and in `total`."""
    keep = {"calls", "input_tokens", "output_tokens", "cost_usd"}
    by_step = {ROUTE.wire_name(step): spent.model_dump(include=keep) for step, spent in data.usage.items()}
    by_role = {role: spent.model_dump(include=keep) for role, spent in data.role_usage.items()}
    return {**by_step, "roles": by_role, "total": total(data.usage.values()).model_dump(include=keep)}
