"""Every secret is changed while e-mails are being written, by the commands of docs/howto/rotate-secrets.md."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import jwt
import pytest

from scribe.common.messaging.seeds import public_key
from tests.chart.rendering import ROOT, SERVICES
from tests.cluster.cluster import Batch, client, component, kubectl, objects, sql, wait, world
from tests.cluster.conftest import Record
from tests.support.typed import blocks, type_in

pytestmark = pytest.mark.timeout(900)
PATCH, UPGRADE, SEEDS = [block.text for block in blocks("cluster") if block.page == "rotate-secrets"]
ROLES = {
    "SCRIBE_DATABASE_URL": "scribe_gateway",
    "SCRIBE_USERS_DATABASE_URL": "scribe_user",
    "SCRIBE_COMPOSER_DATABASE_URL": "scribe_composer",
}
OF_OLD_LOGINS = "FROM pg_stat_activity WHERE usename LIKE 'scribe%login'"
PROVIDERS = ("ANTHROPIC_API_KEY", "FIREWORKS_API_KEY", "EXA_API_KEY")
OLD_KEY = "stand-in"
OLD_SECRET, NEW_SECRET = "the-old-secret-of-at-least-32-characters", "the-new-secret-of-at-least-32-characters"
Shell = Callable[[str], None]


@pytest.fixture
def shell(kubeconfig: Path, tmp_path: Path) -> Shell:
    """Type a block of the page, in a folder that holds what the block before has left."""
    (tmp_path / "deploy").symlink_to(ROOT / "deploy")
    variables = {"SECRET": "scribe-dev", "NATS_SECRET": "scribe-dev-nats", "KUBECONFIG": str(kubeconfig)}
    return partial(type_in, folder=tmp_path, timeout=300, **variables)


def patch(shell: Shell, folder: Path, values: Mapping[str, str]) -> None:
    """Put values into the Secret, and wait until every pod that mounts one of them has it."""
    (folder / "new.yaml").write_text(json.dumps({"stringData": dict(values)}))
    shell(PATCH)
    for name, value in values.items():
        wait(f"every pod has {name}", partial(holders_have, f"secrets/{name}", value))


def holders_have(file: str, value: str, services: tuple[str, ...] = SERVICES) -> bool:
    """Whether this is the text of a file in every pod that has it; not so where a pod goes meanwhile."""
    show = f"cat /etc/scribe/{file} 2>/dev/null || true"
    try:
        found = [kubectl("exec", name, "--", "sh", "-c", show).strip() for name in pods(services)]
    except AssertionError:
        return False
    return value in found and set(found) <= {"", value}


def pods(services: tuple[str, ...]) -> list[str]:
    """The names of the pods that serve and are not about to end."""
    found = [pod for service in services for pod in objects("pod", component(service))]
    return [pod["metadata"]["name"] for pod in found if _is_running(pod)]


def _is_running(pod: Mapping[str, dict[str, object]]) -> bool:
    return pod["status"].get("phase") == "Running" and "deletionTimestamp" not in pod["metadata"]


@contextmanager
def load(user: str, count: int = 60, latency: float = 0.5) -> Iterator[None]:
    """Tasks are under way while the block runs; then each becomes an e-mail."""
    with world(path="/anthropic", latency=latency):
        batch = Batch.submit(user, count)
        wait("work has begun", lambda: batch.statuses()["completed"] > 0)
        yield
        wait("all tasks end", batch.ended)
    assert (batch.statuses(), batch.emails()) == ({"completed": count}, count)


def connections_of_old_logins() -> int:
    """How many there still are, after those that do nothing were ended."""
    sql(f"SELECT pg_terminate_backend(pid) {OF_OLD_LOGINS} AND state = 'idle'")
    return int(sql(f"SELECT count(*) {OF_OLD_LOGINS}"))


def test_the_databases_logins_are_changed_under_load_and_nothing_fails(
    shell: Shell, tmp_path: Path, record: Record
) -> None:
    place = "scribe-dev-postgres:5432/scribe"
    with load("logins"):
        patch(shell, tmp_path, {key: f"postgresql://{role}_rotated:rotated@{place}" for key, role in ROLES.items()})
        shell(UPGRADE)
        for role in ROLES.values():
            sql(f"ALTER ROLE {role}_login NOLOGIN")
        wait("nobody uses the old logins", lambda: connections_of_old_logins() == 0)
    record(
        "60 tasks; meanwhile every login to PostgreSQL is changed in the Secret, and the old ones end",
        "60 e-mails, none failed",
    )


def test_the_providers_keys_are_changed_under_load_and_the_old_ones_are_used_no_more(
    shell: Shell, tmp_path: Path, record: Record
) -> None:
    with load("keys"):
        patch(shell, tmp_path, dict.fromkeys(PROVIDERS, "rotated"))
    with world(key=OLD_KEY, status=401):
        batch = Batch.submit("withdrawn", 20)
        wait("all tasks end", batch.ended)
        assert client("struck") == {}
    assert (batch.statuses(), batch.emails()) == ({"completed": 20}, 20)
    record(
        "60 tasks; the keys of models and of Exa are changed in the Secret; then the providers refuse the old ones",
        "60 e-mails, and 20 after them; no call comes with an old key",
    )


def test_every_seed_of_nats_is_changed_under_load_and_nothing_fails(
    shell: Shell, tmp_path: Path, record: Record
) -> None:
    old = {name: seed_of(name) for name in (*SERVICES, "setup")}
    with load("seeds"):
        shell(SEEDS)
        for name in SERVICES:
            seed = (tmp_path / f"{name}.nk").read_text().strip()
            wait(f"{name} has its seed", partial(holders_have, "nats/credentials", seed, (name,)))
        replace_in_the_server(
            {public_key(seed.encode()): (tmp_path / f"{name}.pub").read_text().strip() for name, seed in old.items()}
        )
    record(
        "60 tasks; each service's seed is changed in the Secret, and its public key in NATS, which restarts",
        "60 e-mails, none failed",
    )


def test_the_secret_that_signs_tokens_is_changed_and_nobody_is_signed_out(
    shell: Shell, tmp_path: Path, record: Record
) -> None:
    batch = Batch.submit("signed", 1)
    claims = jwt.decode(batch.token, options={"verify_signature": False})
    expected = {OLD_SECRET: [200, 401], f"{NEW_SECRET} {OLD_SECRET}": [200, 200], NEW_SECRET: [401, 200]}
    for valid, statuses in expected.items():
        patch(shell, tmp_path, {"SCRIBE_JWT_SECRET": valid})
        wait(f"tokens are answered {statuses}", partial(tokens_are_answered, claims, statuses))
    record(
        "the shared secret of HS256 is changed in the Secret: the old one, both, the new one",
        "tokens of each are taken while it is in the file, those seen before for a minute more",
    )


def tokens_are_answered(claims: Mapping[str, object], statuses: list[int]) -> bool:
    """Whether tokens that the old and the new secret have signed get these statuses."""
    tokens = [jwt.encode(dict(claims), secret, "HS256") for secret in (OLD_SECRET, NEW_SECRET)]
    return [client("status", token) for token in tokens] == statuses


def seed_of(name: str) -> str:
    """The seed that a component has in the Secret now."""
    template = f'{{{{index .data "{name}.nk" | base64decode}}}}'
    return kubectl("get", "secret", "scribe-dev-nats", "--output", f"go-template={template}").strip()


def replace_in_the_server(keys: Mapping[str, str]) -> None:
    """Put public keys in the place of others in the server's configuration, and restart it."""
    (config,) = [item for item in objects("configmap") if item["metadata"]["name"] == "scribe-dev-nats"]
    text = config["data"]["nats.conf"]
    for before, after in keys.items():
        assert before in text
        text = text.replace(before, after)
    kubectl("patch", "configmap", "scribe-dev-nats", "--patch", json.dumps({"data": {"nats.conf": text}}))
    kubectl("rollout", "restart", "statefulset/scribe-dev-nats")
    kubectl("rollout", "status", "statefulset/scribe-dev-nats", "--timeout=90s")
