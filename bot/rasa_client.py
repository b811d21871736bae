"""Rasa over HTTP: asks for the reply to one message and believes only an answer of the exact form.

The form is the mark that `actions/` writes (`custom` of the one message in the REST answer).
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Annotated, Any, Literal, Self

import httpx
import msgspec

from bot.breaker import CircuitBreaker
from bot.conversation.model import Button, Context, Entity, HandoffMark, Outcome, Reply, Understanding, Urgency
from bot.errors import UnderstandingUnavailable

LIMIT_S = 5.0
CONNECT_S = 1.0
HEALTH_LIMIT_S = 3.0

Text = Annotated[str, msgspec.Meta(min_length=1)]
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class _Handoff(msgspec.Struct, frozen=True):
    kind: Text
    reason: str
    urgency: Literal["normal", "urgent"]


class _Entity(msgspec.Struct, frozen=True):
    kind: str
    text: str
    start: int
    end: int
    value: str = ""
    attributes: dict[str, str] = {}


class _Button(msgspec.Struct, frozen=True):
    label: Text
    value: Text


class _Mark(msgspec.Struct, frozen=True):
    outcome: Literal["answer", "crisis", "clinical", "staff", "clarify", "smalltalk"]
    topic: Text
    confidence: Share
    handoff: _Handoff | None
    entities: list[_Entity] = []
    ranking: list[tuple[str, float]] = []
    nearest: list[dict[str, Any]] = []
    reason: str = ""
    model: str = ""
    provenance: dict[str, str] = {}
    buttons: list[_Button] = []


class _Said(msgspec.Struct, frozen=True):
    text: Text
    custom: _Mark


class RasaClient:
    """An `Understander`. Use it as an async context manager; `url` is Rasa's address without a path."""

    def __init__(self, url: str, limit_s: float = LIMIT_S, breaker: CircuitBreaker | None = None) -> None:
        self._url, self._limit_s = url.rstrip("/"), limit_s
        self._breaker = breaker or CircuitBreaker()
        self._http = httpx.AsyncClient(
            base_url=self._url, trust_env=False, timeout=httpx.Timeout(limit_s, connect=CONNECT_S)
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        await self._http.aclose()

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        """See `Understander`. Raises UnderstandingUnavailable."""
        if not self._breaker.allows():
            raise UnderstandingUnavailable("Rasa failed several times in a row; it is asked again in a moment.")
        try:
            async with asyncio.timeout(self._limit_s):
                reply = _read(await self._ask(message_id, text, context))
        except BaseException as error:
            self._breaker.failed()
            raise _unavailable(error, self._limit_s) from None
        self._breaker.succeeded()
        return reply

    async def health(self) -> str:
        """Return "" where Rasa and the action server answer sensibly, else one sentence saying what is wrong."""
        try:
            async with asyncio.timeout(HEALTH_LIMIT_S):
                _read(await self._ask("health", "hello", Context()))
        except UnderstandingUnavailable as error:
            return str(error)
        except Exception as error:  # any failure is the finding
            return str(_unavailable(error, HEALTH_LIMIT_S))
        return ""

    async def _ask(self, message_id: str, text: str, context: Context) -> bytes:
        metadata = {
            "previous_topic": context.previous_topic,
            "clarified": context.clarified,
            "owner": str(context.owner),
        }
        answer = await self._http.post(
            "/webhooks/rest/webhook", json={"sender": message_id, "message": text, "metadata": metadata}
        )
        if answer.status_code != httpx.codes.OK:
            raise UnderstandingUnavailable(
                f"Rasa answered with status {answer.status_code}: is its model loaded and is the action server up?"
            )
        return answer.content


def _read(content: bytes) -> Reply:
    try:
        said = msgspec.json.decode(content, type=list[_Said])
    except msgspec.MsgspecError as error:
        raise UnderstandingUnavailable(f"Rasa's answer makes no sense ({error}).") from error
    if len(said) != 1:
        raise UnderstandingUnavailable(f"Rasa gave {len(said)} messages instead of one: is the action server up?")
    return _reply(said[0].text, said[0].custom)


def _reply(text: str, mark: _Mark) -> Reply:
    if mark.outcome in ("clinical", "crisis", "staff") and mark.handoff is None:
        raise UnderstandingUnavailable(f"Rasa marked {mark.outcome} without a handoff.")
    return Reply(
        text=text,
        outcome=Outcome(mark.outcome),
        topic=mark.topic,
        buttons=tuple(Button(button.label, button.value) for button in mark.buttons),
        handoff=_handoff(mark.handoff) if mark.handoff else None,
        understanding=Understanding(
            confidence=mark.confidence,
            ranking=tuple(mark.ranking),
            nearest=tuple(mark.nearest),
            entities=tuple(Entity(e.kind, e.text, e.start, e.end, e.value, e.attributes) for e in mark.entities),
            reason=mark.reason,
            model=mark.model,
        ),
        provenance=mark.provenance,
    )


def _handoff(handoff: _Handoff) -> HandoffMark:
    return HandoffMark(handoff.kind, handoff.reason, Urgency(handoff.urgency))


def _unavailable(error: BaseException, limit_s: float) -> BaseException:
    """Turn what went wrong into UnderstandingUnavailable; cancellation and programming errors pass as they are."""
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        return UnderstandingUnavailable(f"Rasa did not answer within {limit_s:g} seconds.")
    if isinstance(error, httpx.HTTPError):
        return UnderstandingUnavailable(f"Rasa cannot be reached ({type(error).__name__}). Is it running?")
    return error
