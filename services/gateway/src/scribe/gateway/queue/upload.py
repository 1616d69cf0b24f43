"""`POST /api/queue/batch/csv`: a batch from a spreadsheet."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, File, Form, Response, UploadFile

from scribe.gateway.context import InContext, UserId
from scribe.gateway.limits.idempotency import KnownRepeats
from scribe.gateway.queue.cells import MAX_BYTES
from scribe.gateway.queue.models import Batch, BatchAccepted, TemplateText
from scribe.gateway.queue.routes import submit_batch
from scribe.gateway.queue.spreadsheet import read_recipients
from scribe.gateway.web.openapi import problems

router = APIRouter(prefix="/api/queue", tags=["queue"])


@router.post("/batch/csv", status_code=201, response_model=BatchAccepted, responses=problems(409, 429))
async def upload_batch(
    context: InContext,
    user_id: UserId,
    response: Response,
    file: Annotated[UploadFile, File(description="CSV in UTF-8 or .xlsx; columns recipient_name, recipient_interest.")],
    email_template: Annotated[TemplateText, Form()],
    repeats: KnownRepeats,
) -> Response:
    """Have an e-mail written for every row of a file."""
    # In a thread: unpacking a workbook takes its time.
    items = await asyncio.to_thread(read_recipients, await file.read(MAX_BYTES + 1))
    batch = Batch(items=items, email_template=email_template)
    return await submit_batch(context, user_id, batch, response, repeats)
