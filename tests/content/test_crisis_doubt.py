"""How far the readers are heard beside the rules: they raise an alarm alone, sooner where an exemption silenced a rule, and doubt
bare words, and any rule in a long text."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from content.crisis import READS_LIKE_DANGER, CrisisMatcher
from content.crisis_reader import Reader, Reading
from content.sentences import Piece

STORY = "and then we went to the market and had tea and bought a lamp for the hall and a plant for my sister who moved house "
PLAIN, BARE, QUIET = "I want to kill myself", "he was murdered", "what time do you close"
HARMLESS, GUARDED = "this traffic is killing me", "I have never been suicidal"


class Saying(Reader):
    """A reader to which every text reads alike."""

    def __init__(self, score: float) -> None:
        self.threshold, self.excused, self.doubt = 1.0, 0.5, -1.0
        self._score = score

    def read(self, pieces: Sequence[Piece]) -> list[Reading]:
        return [Reading(self._score, "self_harm") for _ in pieces]


@pytest.mark.parametrize(
    ("text", "score", "fires"),
    [
        (PLAIN, 5.0, True),
        (PLAIN, -9.0, True),
        (STORY + PLAIN, -0.9, True),
        (STORY + PLAIN, -1.1, False),
        (STORY + "quiero morir", -9.0, True),
        (BARE, -0.9, True),
        (BARE, -1.1, False),
        (QUIET, 1.0, True),
        (QUIET, 0.9, False),
        (HARMLESS, 0.5, True),
        (HARMLESS, 0.4, False),
        (GUARDED, 0.5, True),
        (GUARDED, 0.4, False),
        ("finished", 5.0, False),
        ("thinking…", 5.0, False),
    ],
)
def test_rules_are_believed_down_to_their_bound(text: str, score: float, fires: bool) -> None:
    assert bool(CrisisMatcher.rules_alone(reader=Saying(score)).find(text)) == fires


def test_what_the_reader_hears_alone_is_marked_as_such() -> None:
    found = CrisisMatcher.rules_alone(reader=Saying(2.0)).find(QUIET)
    assert [one.pattern_id for one in found] == [READS_LIKE_DANGER]


def test_a_single_word_hides_no_longer_piece_that_reads_like_danger() -> None:
    class Loudest(Saying):
        def read(self, pieces: Sequence[Piece]) -> list[Reading]:
            return [Reading(5.0 if len(piece.words) == 1 else self._score, "self_harm") for piece in pieces]

    assert CrisisMatcher.rules_alone(reader=Loudest(2.0)).find("Finished. What time do you close")
    assert not CrisisMatcher.rules_alone(reader=Loudest(0.5)).find("Finished. What time do you close")


def test_the_readers_odds_come_with_what_is_found() -> None:
    assert CrisisMatcher.rules_alone(reader=Saying(-2.6)).look(QUIET) == ((), -2.6)
    found = CrisisMatcher.rules_alone(reader=Saying(2.0)).look(QUIET)
    assert (len(found.findings), found.odds) == (1, 2.0)


@pytest.mark.parametrize("text", ["I want to kill myself", "finished"])
def test_there_are_no_odds_where_the_readers_did_not_read(text: str) -> None:
    assert CrisisMatcher.rules_alone(reader=Saying(-2.6)).look(text).odds is None
    assert CrisisMatcher.rules_alone().look(QUIET).odds is None
