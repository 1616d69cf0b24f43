"""Settings: read from the environment, frozen, and a sentence where a value cannot be used."""

import pytest
from pydantic import ValidationError

from scribe.common.messaging.settings import BrokerSettings
from scribe.common.process.settings import DatabaseSettings
from scribe.common.settings import load
from scribe.common.worker.settings import WorkerSettings


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
