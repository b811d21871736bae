"""The actions that Rasa's rules name: each composes the reply of one outcome and marks it."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.compose import Composer, mark
from actions.understood import read_message
from content.answers import load_answers
from content.replies import load_replies
from content.topics import DATA

Clock = Callable[[], datetime.datetime]


@cache
def composer() -> Composer:
    """Read the content once for the life of the process, from BOT_CONTENT_DIR where set. Raises ContentError."""
    folder = Path(os.environ.get("BOT_CONTENT_DIR") or DATA).expanduser().absolute()
    return Composer(load_replies(folder), dict(load_answers(folder)))


def now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)


class Composes:
    """Composes the reply to the last message. What was understood decides; the name only says which rule ran."""

    action_name = ""
    clock: Clock = staticmethod(now)

    def name(self) -> str:
        return self.action_name

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, _domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        understood = read_message(tracker.current_state())
        composed = composer().compose(understood, self.clock())
        buttons = [{"title": button.label, "payload": button.value} for button in composed.buttons]
        dispatcher.utter_message(text=composed.text, buttons=buttons, json_message=mark(composed, understood))
        return []


class AnswerAction(Composes, Action):
    action_name = "action_answer"


class OperationalAction(Composes, Action):
    action_name = "action_operational"


class ClinicalAction(Composes, Action):
    action_name = "action_clinical"


class CrisisAction(Composes, Action):
    action_name = "action_crisis"


class StaffAction(Composes, Action):
    action_name = "action_staff"


class SmalltalkAction(Composes, Action):
    action_name = "action_smalltalk"


class ClarifyAction(Composes, Action):
    action_name = "action_clarify"


composer()  # a mistake in the content stops the action server at start, not at the first visitor
