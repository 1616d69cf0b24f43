"""A step is declared once; every file that cannot follow from the declaration is held to it here, by its name."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from scribe.common.tasks.data import TemplateType
from scribe.common.tasks.route import ROUTE, Route
from scribe.common.tasks.steps import Step
from scribe.common.worker.settings import WorkerSettings
from scribe.local.reference import settings_of
from tests.support.tasks import make_task, parsed

ROOT = Path(__file__).parents[3]


def holds(*texts: str) -> Callable[[str, Step], bool]:
    """Whether a file holds each text, with the step in the place of STEP."""
    return lambda content, step: all(text.replace("STEP", step) in content for text in texts)


def names_service(content: str, step: Step) -> bool:
    """Whether a file of values has an entry for the service."""
    return step in yaml.safe_load(content)["services"]


def sets_concurrency(content: str, step: Step) -> bool:
    """Whether the chart's default is the declared one."""
    return names_service(content, step) and yaml.safe_load(content)["services"][step]["concurrency"] == step.concurrency


FILES: dict[str, Callable[[str, Step], bool]] = {
    "pyproject.toml": holds("services/STEP/src", '"scribe.STEP"', "scribe.STEP |"),
    "libs/local/pyproject.toml": holds('"scribe-STEP"', "scribe-STEP = "),
    "Dockerfile": holds(" AS STEP\n", 'ENTRYPOINT ["tini", "--", "python", "-m", "scribe.STEP"]'),
    "skaffold.yaml": holds(
        "image: scribe-STEP,", "services.STEP.image.repository", "services.STEP.image.tag", "services/STEP/src/**/*"
    ),
    "deploy/skaffold/dev-values.yaml": names_service,
    "deploy/helm/scribe/values.yaml": sets_concurrency,
    "deploy/helm/scribe-dev/scribe-values.yaml": names_service,
    "deploy/helm/scribe-dev/templates/networkpolicies.yaml": holds('"nats" (dict', '"STEP"'),
    "docs/howto/deploy.md": holds("| STEP |"),
}


@pytest.mark.parametrize("step", tuple(ROUTE))
@pytest.mark.parametrize("file", FILES)
def test_no_file_has_forgotten_a_step(file: str, step: Step) -> None:
    assert FILES[file]((ROOT / file).read_text(), step), f"{file} does not say what it must of the step {step}"


@pytest.mark.parametrize("step", tuple(ROUTE))
def test_a_step_is_a_service_whose_settings_have_the_declared_concurrency(step: Step) -> None:
    import_module(f"{step.module}.__main__")
    settings = settings_of(f"{step.module}.settings")
    assert issubclass(settings, WorkerSettings)
    assert settings.model_fields["concurrency"].default == step.concurrency


def test_names_of_steps_are_read_both_ways() -> None:
    for step in ROUTE:
        assert ROUTE.named(str(step)) is ROUTE.at(step.wire_name) is step
        assert ROUTE.wire_name(step) == step.wire_name
    assert ROUTE.named("done") is Step.DONE
    assert ROUTE.at(None) is None


def test_a_step_of_a_newer_version_has_its_own_name_on_the_wire_and_no_place_in_the_route() -> None:
    assert ROUTE.wire_name("reviewer") == "reviewer"
    with pytest.raises(ValueError, match="reviewer"):
        ROUTE.named("reviewer")


def test_positions_leave_no_gap() -> None:
    with pytest.raises(ValueError, match="positions"):
        Route((Step.PARSER, Step.ARXIV))


@pytest.mark.parametrize("kind", [TemplateType.BOOK, TemplateType.GENERAL])
def test_a_step_that_a_task_goes_past_is_noted_and_took_no_time(kind: TemplateType) -> None:
    following, data = ROUTE.advance(Step.SCRAPER, make_task(parsed=parsed(kind)))
    assert following is Step.COMPOSER
    assert (data.skipped, data.step_timings) == (("arxiv",), {"arxiv": 0.0})
    assert ROUTE.advance(Step.SCRAPER, data)[1].skipped == ("arxiv",)
