"""Faults of the services that are paid for, or asked for papers."""

from tests.chaos.cell import Cell, Fault
from tests.chaos.chaos import Chaos

STORM = 40.0
BETWEEN, MAX_ROUNDS = 5.0, 60
"""Seconds between items that are answered, beside those that are not; and how often such are submitted at most."""
OUT_OF_CREDIT = "Your credit balance is too low"


def upstream(path: str, seconds: float, **fault: object) -> Fault:
    """A fault of a service for so long, from when a fifth has ended on."""

    async def happens(chaos: Chaos) -> None:
        await chaos.until(0.2)
        await chaos.control(path=path, **fault)
        await chaos.submit_a_few()
        await chaos.lasting(seconds)
        await chaos.heal()

    return happens


def model(seconds: float, **fault: object) -> Fault:
    """A fault of the model's provider."""
    return upstream("/anthropic/", seconds, **fault)


async def requests_that_are_refused(chaos: Chaos) -> None:
    """Two items whose requests the provider refuses, and two whose answers are never of the protocol."""
    await chaos.until(0.1)
    doomed = await chaos.submit_doomed(4)
    names = list(doomed.values())
    for name in names[:2]:
        await chaos.control(path="/anthropic/", contains=name, status=400)
    for name in names[2:]:
        await chaos.control(path="/anthropic/", contains=name, broken="garbage")
    for _ in range(MAX_ROUNDS):  # a provider that answers nobody else is taken for one that is away
        if await chaos.under_way(doomed) == 0:
            break
        await chaos.submit_a_few()
        await chaos.lasting(BETWEEN)
    await chaos.heal()


CELLS = (
    Cell("model: 529 for 40 s", model(STORM, status=529)),
    Cell("model: 429, Retry-After 90", model(5.0, status=429, retry_after="90")),
    Cell("model: hangs for 40 s", model(STORM, hang=True)),
    Cell("model: connections reset", model(20.0, close=True)),
    Cell("model: reset in the middle of an answer", model(20.0, broken="reset")),
    Cell("model: answers cut off", model(20.0, broken="truncated")),
    Cell("model: 401 for 20 s", model(20.0, status=401)),
    Cell("model: no credit for 20 s", model(20.0, status=400, message=OUT_OF_CREDIT)),
    Cell("Exa: 529 for 40 s", upstream("/exa", STORM, status=529)),
    Cell("Exa: 401 for 20 s", upstream("/exa", 20.0, status=401)),
    Cell("arXiv: 503 for 20 s", upstream("/arxiv", 20.0, status=503), is_full=True),
    Cell("arXiv: hangs for 20 s", upstream("/arxiv", 20.0, hang=True), is_full=True),
    Cell(
        "four items that the model never answers",
        requests_that_are_refused,
        fails=4,
        settings={"SCRIBE_RETRY_LIMIT": "10"},
    ),
)
