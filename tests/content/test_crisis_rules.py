"""Every example in `data/red_flags.yml` is a test: what must fire, and what must stay silent."""

from __future__ import annotations

import pytest

from content.crisis import CrisisMatcher

MATCHER = CrisisMatcher.load()
FILE = MATCHER.rules.file
FLAGS = [(name, flag) for flags in FILE.flags.values() for name, flag in flags.items()]
LOOK_ALIKES = [*FILE.harmless.items(), *FILE.guards.items()]


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, flag in FLAGS for text in flag.fires])
def test_it_fires_by_the_flag_that_names_the_message(name: str, text: str) -> None:
    assert name in {finding.pattern_id for finding in MATCHER.find(text)}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, flag in FLAGS for text in flag.stays_silent])
def test_it_stays_silent_on_the_ordinary_messages_beside_a_flag(name: str, text: str) -> None:
    assert MATCHER.find(text) == ()


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, entry in LOOK_ALIKES for text in entry.stays_silent])
def test_it_stays_silent_on_what_only_looks_like_danger(name: str, text: str) -> None:
    assert MATCHER.find(text) == ()


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, entry in LOOK_ALIKES for text in entry.fires])
def test_it_is_not_lulled_by_a_harmless_phrase_beside_a_real_sign(name: str, text: str) -> None:
    assert MATCHER.find(text) != ()


@pytest.mark.parametrize("reason", [flag.reason for _, flag in FLAGS])
def test_it_gives_every_flag_a_reason_in_one_sentence(reason: str) -> None:
    assert reason.endswith(".") and reason.count(".") == 1
