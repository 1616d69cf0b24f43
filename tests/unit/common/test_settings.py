"""Settings: read from the environment, frozen, and a sentence where a value cannot be used."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from scribe.common.messaging.settings import BrokerSettings
from scribe.common.models.settings import ProviderSettings
from scribe.common.process.settings import DatabaseSettings
from scribe.common.settings import load
from scribe.common.tasks.route import ROUTE
from scribe.common.worker.settings import WorkerSettings
from scribe.gateway.settings import GatewaySettings
from scribe.scraper.settings import ScraperSettings


def test_a_value_that_cannot_be_used_is_one_line_that_names_the_variable(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCRIBE_CONCURRENCY", "many")
    with pytest.raises(SystemExit) as caught:
        load(WorkerSettings)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("setting SCRIBE_CONCURRENCY: ")


def test_a_missing_value_names_the_variable_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("SCRIBE_DATABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit):
        load(DatabaseSettings)
    assert "setting SCRIBE_DATABASE_URL: Field required" in capsys.readouterr().err


def test_the_vendors_own_name_works_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCRIBE_NATS_URL", raising=False)
    monkeypatch.setenv("NATS_URL", "nats://elsewhere:4222")
    assert load(BrokerSettings).nats_url == "nats://elsewhere:4222"


def test_settings_cannot_be_changed_afterwards() -> None:
    settings = WorkerSettings()
    with pytest.raises(ValidationError):
        settings.concurrency = 3  # type: ignore[misc]


def test_the_grace_covers_the_longest_step() -> None:
    assert WorkerSettings(step_deadline=90).shutdown_grace == 105


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIBE_DATABASE_URL", "postgresql://u:hunter2@h/d")
    assert "hunter2" not in repr(load(DatabaseSettings))


def test_a_request_that_outlasts_its_attempt_is_refused_with_both_numbers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCRIBE_STEP_DEADLINE", "30")
    with pytest.raises(SystemExit) as caught:
        load(ScraperSettings)
    assert caught.value.code == 2
    printed = capsys.readouterr().err
    assert printed.startswith("settings: ")
    assert "SCRIBE_STEP_DEADLINE is 30 s, but one request may take 40 s (SCRIBE_EXA_TIMEOUT)" in printed


def test_a_users_share_that_is_larger_than_the_whole_is_refused_with_both_numbers() -> None:
    given = {"database_url": "postgresql://h/d", "supabase_url": "http://h", "in_flight": 10}
    assert GatewaySettings.model_validate(given).in_flight == 10
    with pytest.raises(ValidationError, match=r"SCRIBE_IN_FLIGHT_PER_USER is 20, but all users together may have 10"):
        GatewaySettings.model_validate({**given, "in_flight_per_user": 20})


def test_what_is_in_flight_keeps_one_worker_of_each_step_busy() -> None:
    given = {"database_url": "postgresql://h/d", "supabase_url": "http://h"}
    settings = GatewaySettings.model_validate(given)
    assert settings.in_flight == sum(step.concurrency for step in ROUTE)
    assert settings.in_flight_per_user < settings.in_flight
    assert settings.step_concurrency >= max(step.concurrency for step in ROUTE)


def test_a_secret_in_a_file_goes_before_its_variable_and_is_read_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SCRIBE_DATABASE_URL", "postgresql://variable/db")
    monkeypatch.setenv("SCRIBE_SECRETS_DIR", str(tmp_path))
    assert load(DatabaseSettings).current_secret("database_url") == "postgresql://variable/db"
    file = tmp_path / "SCRIBE_DATABASE_URL"
    file.write_text("postgresql://first/db\n")
    settings = load(DatabaseSettings)
    assert settings.database_url.get_secret_value() == "postgresql://first/db"
    file.write_text("postgresql://second/db\n")
    assert settings.current_secret("database_url") == "postgresql://second/db"


def test_the_vendors_own_name_is_a_files_name_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCRIBE_SECRETS_DIR", str(tmp_path))
    (tmp_path / "ANTHROPIC_API_KEY").write_text("first")
    settings = load(ProviderSettings)
    assert settings.current_secret("anthropic_api_key") == "first"
    assert settings.current_secret("fireworks_api_key") == ""
