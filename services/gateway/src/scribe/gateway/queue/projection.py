"""Converting rows of `queue_items`, which hold the steps' wire names, to the contract's types."""

from collections.abc import Mapping

from asyncpg import Record

from scribe.gateway.pipeline.pauses import Pauses
from scribe.gateway.queue.models import QueueItem, TaskStatus

Row = Mapping[str, object] | Record
NO_PAUSES: Pauses = {}


def queue_item(row: Row, pauses: Pauses = NO_PAUSES) -> QueueItem:
    """The item without its position, which the list fills in."""
    waiting = {"status": "processing", "position": row["upstream_position"]} if _waits(row) else {"position": None}
    return QueueItem.model_validate({**row, **waiting, "notice": _notice(row, pauses)})


def task_status(row: Row, pauses: Pauses) -> TaskStatus:
    """The TaskStatus of what the query `task` has found."""
    if _waits(row):
        result = _started(row, pauses) | {"position": row["upstream_position"]}
        return TaskStatus(task_id=row["id"], status="STARTED", result=result)
    match row["status"]:
        case "pending":
            return TaskStatus(task_id=row["id"], status="PENDING")
        case "processing":
            return TaskStatus(task_id=row["id"], status="STARTED", result=_started(row, pauses))
        case "completed":
            return TaskStatus(task_id=row["id"], status="SUCCESS", result=_success(row))
        case _:
            failed = {"current_step": row["current_step"], "step_timings": row["step_timings"]}
            return TaskStatus(task_id=row["id"], status="FAILURE", result=failed, error=str(row["error_message"] or ""))


def _waits(row: Row) -> bool:
    """Whether the task is out of the pipeline until a service that it waits for has answered."""
    return row["status"] == "pending" and (row["step_status"] == "waiting" or row["notice"] is not None)


def _notice(row: Row, pauses: Pauses) -> object:
    """What the task waits for: its own service, or the one for which those before it at its step are held."""
    if row["status"] not in ("pending", "processing"):
        return None
    is_queued = row["step_status"] in (None, "queued")
    return row["notice"] or (pauses.get(str(row["current_step"] or "")) if is_queued else None)


def _started(row: Row, pauses: Pauses) -> dict[str, object]:
    """Where the task stands; with a `notice` only where there is something to say."""
    result = {name: row[name] for name in ("current_step", "step_status", "step_timings")}
    notice = _notice(row, pauses)
    return result | ({"notice": notice} if notice else {})


def _success(row: Row) -> dict[str, object]:
    return {
        "email_id": row["email_id"],
        "generation_time": row["generation_time"],
        "step_timings": row["step_timings"],
        "template_type": row["template_type"],
    }
