"""What a failed model request means for the work: the HTTP status decides, never the wording of an error."""

from datetime import UTC, datetime

from pydantic_ai.exceptions import AgentRunError, ModelAPIError, ModelHTTPError

from scribe.common.errors import PermanentError, TransientError, WorkError
from scribe.common.http.upstream import TRANSIENT_STATUSES, parse_retry_after


def error_of(provider: str, error: AgentRunError) -> WorkError:
    """The error of a request without an answer; its text holds no part of what the provider said."""
    if isinstance(error, ModelHTTPError):
        return _error_of_status(provider, error)
    if isinstance(error, ModelAPIError):
        return TransientError(f"{provider}: {type(error).__name__}", retry_after=error.retry_after)
    return TransientError(f"{provider} gave an unreadable answer: {type(error).__name__}")


def _error_of_status(provider: str, error: ModelHTTPError) -> WorkError:
    message = f"{provider} answered {error.status_code}"
    if error.status_code in TRANSIENT_STATUSES or error.status_code >= 500:
        return TransientError(message, retry_after=error.retry_after or _named_time(error))
    if error.status_code in (401, 402, 403):
        return PermanentError(
            f"{message}: check the API key and the account of {provider}",
            public="The language model refused Scribe's access. Please tell the operator of this service.",
        )
    return PermanentError(message)


def _named_time(error: ModelHTTPError) -> float | None:
    return parse_retry_after((error.headers or {}).get("retry-after"), datetime.now(UTC))


def outcome_of(error: AgentRunError) -> str:
    """The outcome label of a failed request: its status, or the class of the fault."""
    return str(error.status_code) if isinstance(error, ModelHTTPError) else type(error).__name__
