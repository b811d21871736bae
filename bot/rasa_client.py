"""Rasa over HTTP: asks for the reply to one message and believes only an answer of the exact form.

The form is the mark that `actions/` writes (`custom` of the one message in the REST answer).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from types import TracebackType
from typing import Annotated, Any, Literal, Self

import aiohttp
import msgspec

from bot.breaker import CircuitBreaker
from bot.conversation.model import Button, Context, Entity, HandoffMark, Outcome, Reply, Understanding, Urgency
from bot.errors import UnderstandingUnavailable
from content.encoder import Packed

LIMIT_S = 5.0
CONNECT_S = 1.0
IDLE_S = 2.0  # Rasa closes idle connections after 5: none is used that it may be closing just now
HEALTH_LIMIT_S = 3.0
AT_ONCE = 6
"""Messages asked about at once. Rasa works in one thread and takes turns: of many it would understand all before it
answers the first, and then answer all together."""

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
    """An `Understander`. Use it as an async context manager; `url` is Rasa's address without a path.

    `vector_of` returns what is to be sent along of a text that was encoded already, see `SentenceEncoder.packed`.
    """

    def __init__(
        self,
        url: str,
        limit_s: float = LIMIT_S,
        breaker: CircuitBreaker | None = None,
        vector_of: Callable[[str], Packed] = lambda _: {},
    ) -> None:
        self._url, self._limit_s = f"{url.rstrip('/')}/webhooks/rest/webhook", limit_s
        self._breaker = breaker or CircuitBreaker()
        self._vector_of = vector_of
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._http: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        if self._http is not None:
            await self._http.close()

    async def reply_to(self, message_id: str, text: str, context: Context) -> Reply:
        """See `Understander`. Raises UnderstandingUnavailable."""
        async with self._turns:
            return await self._reply_to(message_id, text, context)

    async def _reply_to(self, message_id: str, text: str, context: Context) -> Reply:
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
        metadata: dict[str, Any] = {
            "previous_topic": context.previous_topic,
            "clarified": context.clarified,
            "owner": str(context.owner),
        }
        if vector := self._vector_of(text):
            metadata["vector"] = vector
        body = {"sender": message_id, "message": text, "metadata": metadata}
        async with self._session().post(self._url, json=body) as answer:
            if answer.status != HTTPStatus.OK:
                raise UnderstandingUnavailable(
                    f"Rasa answered with status {answer.status}: is its model loaded and is the action server up?"
                )
            return await answer.read()

    def _session(self) -> aiohttp.ClientSession:
        """Return the one session; it belongs to the event loop and is made in it."""
        if self._http is None:
            self._http = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._limit_s, sock_connect=CONNECT_S),
                connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_S),
            )
        return self._http


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
    if isinstance(error, TimeoutError):
        return UnderstandingUnavailable(f"Rasa did not answer within {limit_s:g} seconds.")
    if isinstance(error, aiohttp.ClientError):
        return UnderstandingUnavailable(f"Rasa cannot be reached ({type(error).__name__}). Is it running?")
    return error
