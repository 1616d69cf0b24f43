"""What a task has cost, by step or by role."""

from collections.abc import Iterable

from scribe.common.tasks.part import Part


class Usage(Part):
    """What one step or role paid for. `cost_usd` is None where the price is not known: unknown is not free."""

    model: str = ""
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: float | None = 0.0


def total(usages: Iterable[Usage]) -> Usage:
    """The sum; its cost is None as soon as one part's is. `model` names each model once, in order of appearance."""
    parts = list(usages)
    costs = [part.cost_usd for part in parts]
    known = [cost for cost in costs if cost is not None]
    models = (name for part in parts for name in part.model.split(", ") if name)
    return Usage(
        model=", ".join(dict.fromkeys(models)),
        calls=sum(part.calls for part in parts),
        input_tokens=sum(part.input_tokens for part in parts),
        output_tokens=sum(part.output_tokens for part in parts),
        cost_usd=round(sum(known), 8) if len(known) == len(costs) else None,
    )
