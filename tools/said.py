"""Finds in a reply's text which approved texts it gives: what a visitor reads is measured, not what was meant."""

from __future__ import annotations

import datetime
from pathlib import Path

from content.answers import load_answers
from content.operational import operational_text
from content.profile import Profile, load_profile
from content.topics import load_topics


class ApprovedTexts:
    """The curated answers and the practical texts of one clinic."""

    def __init__(self, answers: dict[str, str], profile: Profile) -> None:
        self._answers, self._profile = answers, profile

    @classmethod
    def load(cls, content_dir: Path) -> ApprovedTexts:
        """Read the content files in `content_dir`. Raises ContentError."""
        answers = {f"answer:{topic}": answer.text for topic, answer in load_answers(content_dir).items()}
        return cls(answers, load_profile(content_dir))

    def given_in(self, reply: str) -> frozenset[str]:
        """Return the topics, as "outcome:topic", whose approved text stands in `reply`."""
        now = datetime.datetime.now(datetime.UTC)
        practical = {
            f"operational:{topic}": operational_text(topic, self._profile, now)
            for topic in load_topics()["operational"]
        }
        return frozenset(topic for topic, text in {**self._answers, **practical}.items() if text and text in reply)
