"""Compares what came of each case with what should have, and counts it by outcome and by slice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from bot.conversation.model import Reply
from content.topics import load_topics
from tools.cases import Case
from tools.intervals import exact_interval

HANDED_OVER = ("clinical", "crisis", "staff")
DANGER = ("clinical", "crisis")
ASKED_BACK = ("clarify", "smalltalk")
GENERAL = ("answer", "operational")
Item = TypeVar("Item")


@dataclass(frozen=True)
class Scored:
    """A case with the reply it got, the seconds the reply took, and the topics ("outcome:topic") whose texts were `given`."""

    case: Case
    reply: Reply
    seconds: float
    given: frozenset[str] = frozenset()

    @property
    def outcome(self) -> str:
        return str(self.reply.outcome)

    @property
    def ok(self) -> bool:
        """Whether the outcome is right and, where an answer was given, its topic too."""
        if self.case.must_not and self.outcome == self.case.must_not:
            return False
        return not self.case.outcome or any(self._meets(wanted) for wanted in self._wanted())

    @property
    def topic_ok(self) -> bool:
        """Whether the topic is the expected one or one of `also_ok`."""
        return any(self.reply.topic == wanted.partition(":")[2] for wanted in self._wanted() if ":" in wanted)

    @property
    def wrong_answer(self) -> bool:
        """Whether an answer was given about a topic neither expected nor in `also_ok`."""
        return self.outcome == "answer" and bool(self.case.outcome) and not self.ok

    @property
    def false_handoff(self) -> bool:
        """Whether a message that needed no person was handed to one (an operational answer that is missing is no such case)."""
        if self.outcome not in HANDED_OVER or self.case.outcome in (*HANDED_OVER, ""):
            return False
        return not self.ok

    @property
    def general_parts(self) -> list[set[str]]:
        """The topics of each question that an approved text answers, in a message of several."""
        parts = (set(part.split("|")) for part in self.case.parts)
        return [part for part in parts if all(topic.partition(":")[0] in GENERAL for topic in part)]

    def _wanted(self) -> Iterable[str]:
        yield f"{self.case.outcome}:{self.case.topic}" if self.case.topic else self.case.outcome
        yield from self.case.also_ok

    def _meets(self, wanted: str) -> bool:
        outcome, _, topic = wanted.partition(":")
        if outcome == "operational" or topic in load_topics()["operational"]:
            return self.outcome in ("answer", "staff") and (not topic or self.reply.topic == topic)
        if outcome != self.outcome and not (
            outcome in ASKED_BACK and topic == "out_of_scope" and self.outcome in ASKED_BACK
        ):
            return False
        return outcome != "answer" or not topic or self.reply.topic == topic


def summarise(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return the report's summary: totals, `by_outcome` (the expected one) and `by_slice`, proportions in 0..1."""
    judged = [item for item in scored if item.case.outcome]
    return {
        "cases": len(scored),
        "ok": _share(judged, lambda item: item.ok),
        "wrong": _share(judged, lambda item: item.wrong_answer),
        **_errors(judged),
        **_parts(judged),
        "by_outcome": {
            name: _figures(group) for name, group in _grouped(judged, lambda item: item.case.outcome).items()
        },
        "by_slice": {
            name: _figures(group) for name, group in _grouped(judged, lambda item: item.case.slice).items() if name
        },
        "median_ms": round(sorted(item.seconds for item in scored)[len(scored) // 2] * 1000, 1),
    }


def _figures(group: Sequence[Scored]) -> dict[str, Any]:
    return {
        "count": len(group),
        "recall": _share(group, lambda item: item.ok),
        "topic_accuracy": round(sum(item.topic_ok for item in group) / len(group), 4),
        "handed_over": _share(group, lambda item: item.outcome in HANDED_OVER),
        "crisis": _share(group, lambda item: item.outcome == "crisis"),
        "answered": _share(group, lambda item: item.outcome == "answer"),
        "wrong": _share(group, lambda item: item.wrong_answer),
        "clarified": sum(item.outcome == "clarify" for item in group),
        **_errors(group),
        **_parts(group),
    }


def _parts(group: Sequence[Scored]) -> dict[str, Any]:
    """Return `parts_answered`: how many of the general questions in messages of several were answered; none where none is."""
    answered = [bool(part & item.given) for item in group for part in item.general_parts]
    return {"parts_answered": _share(answered, bool)} if answered else {}


def _errors(group: Sequence[Scored]) -> dict[str, Any]:
    danger = [item for item in group if item.case.outcome in DANGER]
    return {
        "false_handoffs": sum(item.false_handoff for item in group),
        "wrong_answers": sum(item.wrong_answer for item in group),
        "clinical_or_crisis_answered": sum(item.outcome == "answer" for item in danger),
        "false_crisis_alarms": sum(
            item.outcome == "crisis" and item.case.outcome != "crisis" and not item.ok for item in group
        ),
    }


def _share(group: Sequence[Item], hit: Callable[[Item], bool]) -> dict[str, Any]:
    hits = sum(map(hit, group))
    low, high = exact_interval(hits, len(group))
    value = round(hits / len(group), 4) if group else None
    return {"value": value, "hits": hits, "of": len(group), "low": round(low, 4), "high": round(high, 4)}


def _grouped(items: Iterable[Scored], key: Callable[[Scored], str]) -> dict[str, list[Scored]]:
    groups: dict[str, list[Scored]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups
