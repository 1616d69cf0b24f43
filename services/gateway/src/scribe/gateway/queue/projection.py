"""From a row of `queue_items` to the contract's types. Rows hold the steps' wire names."""

from collections.abc import Mapping

from asyncpg import Record

from scribe.gateway.queue.models import QueueItem, TaskStatus

Row = Mapping[str, object] | Record


def queue_item(row: Row) -> QueueItem:
    """The item without its position, which the list fills in."""
    waiting = {"status": "processing", "position": row["upstream_position"]} if _waits(row) else {"position": None}
    return QueueItem.model_validate({**row, **waiting})


def task_status(row: Row, generation_time: float | None) -> TaskStatus:
    """The TaskStatus of a row."""
    timings = row["step_timings"]
    if _waits(row):
        result = {"current_step": row["current_step"], "step_status": "waiting", "step_timings": timings}
        result["position"] = row["upstream_position"]
        return TaskStatus(task_id=row["id"], status="STARTED", result=result)
    match row["status"]:
        case "pending":
            return TaskStatus(task_id=row["id"], status="PENDING")
        case "processing":
            result = {"current_step": row["current_step"], "step_status": row["step_status"], "step_timings": timings}
            return TaskStatus(task_id=row["id"], status="STARTED", result=result)
        case "completed":
            return TaskStatus(task_id=row["id"], status="SUCCESS", result=_success(row, generation_time))
        case _:
            failed = {"current_step": row["current_step"], "step_timings": timings}
            return TaskStatus(task_id=row["id"], status="FAILURE", result=failed, error=str(row["error_message"] or ""))


def _waits(row: Row) -> bool:
    """Whether the task is out of the pipeline until a service that it waits for has answered."""
    return row["status"] == "pending" and row["step_status"] == "waiting"


def _success(row: Row, generation_time: float | None) -> dict[str, object]:
    return {
        "email_id": str(row["email_id"]) if row["email_id"] else None,
        "generation_time": generation_time,
        "step_timings": row["step_timings"],
        "template_type": row["template_type"],
    }
