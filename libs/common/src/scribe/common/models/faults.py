"""What a failed model request means for the work: the HTTP status decides, never the wording of an error.

With one exception: Anthropic answers 400 to an account without credit, and only its documented sentence tells this from
a request that is wrong (https://docs.anthropic.com/en/api/errors).
"""

from datetime import UTC, datetime

from pydantic_ai.exceptions import AgentRunError, ModelAPIError, ModelHTTPError

from scribe.common.errors import AccessRefusedError, PermanentError, TransientError, WorkError
from scribe.common.http.upstream import TRANSIENT_STATUSES, parse_retry_after
from scribe.common.observability.metrics.calls import ACCESS_REFUSED

REFUSED_ACCESS = frozenset({401, 402, 403})
ANTHROPIC_OUT_OF_CREDIT = "Your credit balance is too low"

UNREADABLE = (IndexError, KeyError, TypeError, AttributeError, ValueError)
"""What pydantic-ai and the vendors' clients raise on a body of another shape: no choices, an error with status 200."""


def unreadable(provider: str, error: Exception) -> TransientError:
    """The error of an answer that is not of its protocol."""
    return TransientError(f"{provider} gave an unreadable answer: {type(error).__name__}", code="unreadable")


def error_of(provider: str, error: AgentRunError) -> WorkError:
    """The error of a request without an answer; its text holds no part of what the provider said."""
    if isinstance(error, ModelHTTPError):
        return _error_of_status(provider, error)
    if isinstance(error, ModelAPIError):
        fault = type(error).__name__
        return TransientError(f"{provider}: {fault}", retry_after=error.retry_after, code=fault)
    return unreadable(provider, error)


def _error_of_status(provider: str, error: ModelHTTPError) -> WorkError:
    code = str(error.status_code)
    message = f"{provider} answered {code}"
    if error.status_code in TRANSIENT_STATUSES or error.status_code >= 500:
        return TransientError(message, retry_after=error.retry_after or _named_time(error), code=code)
    if error.status_code in REFUSED_ACCESS or _is_out_of_credit(provider, error):
        return AccessRefusedError(f"{message}: check the API key and the account of {provider}", code=code)
    return PermanentError(message, code=code)


def _is_out_of_credit(provider: str, error: ModelHTTPError) -> bool:
    return provider == "anthropic" and error.status_code == 400 and ANTHROPIC_OUT_OF_CREDIT in str(error.body)


def _named_time(error: ModelHTTPError) -> float | None:
    return parse_retry_after((error.headers or {}).get("retry-after"), datetime.now(UTC))


def outcome_of(error: AgentRunError, work_error: WorkError) -> str:
    """The outcome label of a failed request: that access is refused, its status, or the class of the fault."""
    if isinstance(work_error, AccessRefusedError):
        return ACCESS_REFUSED
    return str(error.status_code) if isinstance(error, ModelHTTPError) else type(error).__name__
