"""One example for each type on the wire; a test holds them to the types."""

from typing import Any

_ID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
_EMAIL = "2f1b7c1e-1e0f-4f51-9b52-0d5a6f0c7f11"
_USER = "b3f6a1de-9a3c-4f0e-8d5b-6c1f2a7e4d90"
_AT = "2026-03-02T09:30:00Z"
_LATER = "2026-03-02T09:30:21Z"
_TIMINGS = {"template_parser": 1.2, "web_scraper": 6.8, "arxiv_helper": 1.9, "email_composer": 4.4}
_INTEREST = "quantum Monte Carlo of helium-4"
_TEMPLATE = "Dear {{name}},\n\nI read your paper on {{topic}} …\n\nKind regards,\nSam"
_WRITTEN = (
    "Dear Professor Del Maestro,\n\nI read your paper on entanglement in superfluid helium …\n\nKind regards,\nSam"
)
_METADATA = {
    "search_terms": ["Adrian Del Maestro quantum Monte Carlo helium-4"],
    "template_type": "research",
    "sources": [{"url": "https://delmaestro.org/adrian", "title": "Adrian Del Maestro"}],
    "arxiv_papers": [],
    "step_timings": _TIMINGS,
    "generation_time": 14.3,
    "warnings": [],
}
_RECIPIENT = {"recipient_name": "Adrian Del Maestro", "recipient_interest": _INTEREST}
_WRITTEN_EMAIL = {
    "id": _EMAIL,
    **_RECIPIENT,
    "email_message": _WRITTEN,
    "template_type": "research",
    "metadata": _METADATA,
    "is_confident": True,
    "created_at": _LATER,
}
_USER_EXAMPLE = {
    "id": _USER,
    "email": "sam@example.edu",
    "display_name": "Sam Rivera",
    "generation_count": 12,
    "template_count": 1,
    "onboarded": True,
    "email_template": _TEMPLATE,
    "created_at": _AT,
}
_PDF = {"pdf_url": "https://example.edu/resume.pdf", "user_instructions": "Ask for a summer internship; friendly."}

EXAMPLES: dict[str, Any] = {
    "User": _USER_EXAMPLE,
    "UserInit": {"display_name": "Sam Rivera"},
    "TemplateUpdate": {"template": _TEMPLATE},
    "Generate": {**_RECIPIENT, "email_template": _TEMPLATE},
    "Accepted": {"task_id": _ID},
    "Recipient": _RECIPIENT,
    "Batch": {"items": [_RECIPIENT], "email_template": _TEMPLATE},
    "BatchAccepted": {"queue_item_ids": [_ID], "message": "1 e-mail queued."},
    "Message": {"message": "The item was removed from the queue."},
    "QueueItem": {
        "id": _ID,
        **_RECIPIENT,
        "status": "processing",
        "position": None,
        "email_id": None,
        "error_message": None,
        "current_step": "web_scraper",
        "notice": None,
        "attempt": 1,
        "step_timings": {"template_parser": 1.2},
        "skipped_steps": [],
        "created_at": _AT,
        "started_at": _AT,
        "completed_at": None,
        "cancelled_at": None,
    },
    "TaskStatus": {
        "task_id": _ID,
        "status": "SUCCESS",
        "result": {
            "email_id": _EMAIL,
            "generation_time": 14.3,
            "step_timings": _TIMINGS,
            "template_type": "research",
        },
        "error": None,
    },
    "Email": {**_WRITTEN_EMAIL, "user_id": _USER, "displayed": True},
    "EmailUpdate": {"displayed": False},
    "Template": {"id": _ID, "user_id": _USER, **_PDF, "template_text": _TEMPLATE, "created_at": _AT},
    "TemplateRequest": _PDF,
    "Health": {
        "status": "healthy",
        "database": "healthy",
        "broker": "healthy",
        "timestamp": _AT,
        "version": "0.1.0",
    },
    "Readiness": {"status": "ok", "checks": {"database": True, "nats": True}},
    "Overview": {
        "total_users": 41,
        "total_emails": 512,
        "success_rate": 98.46,
        "avg_gen_time_seconds": 14.31,
        "total_templates": 9,
        "confidence_rate": 91.02,
        "error_count": 8,
        "emails_this_week": 73,
        "active_users_this_week": 17,
    },
    "AdminUser": {**_USER_EXAMPLE, "actual_email_count": 12, "queue_submissions": 13, "failed_count": 1},
    "AdminEmail": _WRITTEN_EMAIL,
    "AdminEmailPage": {"items": [_WRITTEN_EMAIL], "total": 1, "page": 1, "per_page": 20, "pages": 1},
    "AdminTemplate": {"id": _ID, **_PDF, "template_text": _TEMPLATE, "created_at": _AT},
    "AdminQueueItem": {
        "id": _ID,
        **_RECIPIENT,
        "status": "failed",
        "current_step": "web_scraper",
        "error_message": "The pages could not be read.",
        "started_at": _AT,
        "completed_at": _LATER,
        "created_at": _AT,
    },
    "Week": {"week": "2026-03-02", "emails_generated": 73, "active_users": 17},
    "AdminError": {
        "id": _ID,
        "user_email": "sam@example.edu",
        "user_display_name": "Sam Rivera",
        "recipient_name": "Adrian Del Maestro",
        "current_step": "web_scraper",
        "error_message": "The pages could not be read.",
        "created_at": _AT,
        "started_at": _AT,
    },
    "DeadLetter": {
        "id": 17,
        "step": "web_scraper",
        "service": "scraper",
        "task_id": _ID,
        "reason": "exa answered 503",
        "error_class": "TransientError",
        "attempts": 5,
        "created_at": _LATER,
    },
    "StepState": {
        "step": "web_scraper",
        "service": "scraper",
        "depth": 4,
        "in_flight": 8,
        "redelivered": 0,
        "paused": 0,
        "oldest_age": 3.2,
    },
}
