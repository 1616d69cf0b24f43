"""From a row of `queue_items` to what a client sees of it."""

from collections.abc import Mapping

from asyncpg import Record

from scribe.gateway.queue.models import QueueItem, TaskStatus, wire_name

Row = Mapping[str, object] | Record


def queue_item(row: Row, position: int | None = None) -> QueueItem:
    """The item, with its place in the queue where it waits."""
    return QueueItem.model_validate(
        {
            **row,
            "position": position,
            "step_timings": timings(row),
            "skipped_steps": [wire_name(step) for step in _strings(row["skipped_steps"])],
        }
    )


def timings(row: Row) -> dict[str, float]:
    """Seconds per finished step, under the contract's names."""
    found = row["step_timings"]
    return {wire_name(step): float(seconds) for step, seconds in found.items()} if isinstance(found, dict) else {}


def task_status(row: Row, generation_time: float | None) -> TaskStatus:
    """The state of a task in the contract's words."""
    match row["status"]:
        case "pending":
            return TaskStatus(task_id=row["id"], status="PENDING")
        case "processing":
            result = {"current_step": row["current_step"], "step_status": row["step_status"]}
            return TaskStatus(task_id=row["id"], status="STARTED", result={**result, "step_timings": timings(row)})
        case "completed":
            return TaskStatus(task_id=row["id"], status="SUCCESS", result=_success(row, generation_time))
        case _:
            failed = {"current_step": row["current_step"], "step_timings": timings(row)}
            return TaskStatus(task_id=row["id"], status="FAILURE", result=failed, error=str(row["error_message"] or ""))


def _success(row: Row, generation_time: float | None) -> dict[str, object]:
    email_id, template_type = row["email_id"], row["template_type"]
    return {
        "email_id": str(email_id) if email_id else None,
        "generation_time": generation_time if generation_time is not None else sum(timings(row).values()),
        "step_timings": timings(row),
        "template_type": template_type,
    }


def _strings(value: object) -> list[str]:
    return [str(entry) for entry in value] if isinstance(value, list) else []
