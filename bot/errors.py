"""The error family. Each carries a sentence that says what is wrong and how to mend it.

HandrailError
├── BadInput              the caller can mend it
│   ├── EmptyText
│   ├── TextTooLong
│   ├── ConversationNotFound
│   ├── WrongToken
│   └── RateLimited       .retry_after seconds
├── StorageRefused        the database cannot take writes now
├── UnderstandingUnavailable   Rasa or the action server did not answer sensibly
├── SetupError            settings, content or model refuse to start
└── DeliveryError
    ├── PassingError      worth another try; .retry_after seconds or None
    └── PermanentError    never deliverable
"""

from __future__ import annotations


class HandrailError(Exception):
    """Root of the family; `code` is the stable word in API errors."""

    code = "internal_error"


class BadInput(HandrailError):
    code = "bad_input"


class EmptyText(BadInput):
    code = "empty_text"


class TextTooLong(BadInput):
    code = "text_too_long"


class ConversationNotFound(BadInput):
    code = "conversation_not_found"


class WrongToken(BadInput):
    code = "wrong_token"


class RateLimited(BadInput):
    code = "rate_limited"

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class StorageRefused(HandrailError):
    code = "storage_refused"


class UnderstandingUnavailable(HandrailError):
    code = "understanding_unavailable"


class SetupError(HandrailError):
    code = "setup_error"


class DeliveryError(HandrailError):
    code = "delivery_error"


class PassingError(DeliveryError):
    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class PermanentError(DeliveryError):
    pass


class HandoffNotFound(BadInput):
    code = "handoff_not_found"


class AlreadyClaimed(BadInput):
    code = "already_claimed"


class HandoffClosed(BadInput):
    code = "handoff_closed"


class NotRead(BadInput):
    code = "not_read"


class NotAllowed(BadInput):
    code = "not_allowed"
