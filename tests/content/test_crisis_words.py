"""The reader of words beside the rules: what it adds, what silences it, and that its file belongs to the code."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from content.crisis import READER_REASON, READS_LIKE_DANGER, CrisisMatcher
from content.crisis_training import FALSE_ALARMS, NONE, Labelled, encode, examples, learn, score
from content.crisis_words import FILE, Reader, Weights, code_digest, pieces
from content.spelling import DATA
from content.yaml_lines import ContentError

MATCHER = CrisisMatcher.load()
RULES = CrisisMatcher.rules_alone()


def test_its_numbers_belong_to_the_present_code() -> None:
    weights = msgspec.json.decode((DATA / FILE).read_bytes(), type=Weights)
    assert weights.code == code_digest(), "Run `python -m content.crisis_training` and commit data/crisis_words.json."


def test_its_file_stays_small() -> None:
    assert (DATA / FILE).stat().st_size < 1_000_000


@pytest.mark.parametrize(
    "text",
    ["it would be kinder to everyone if i slipped away", "they'd all manage fine, i'm just taking up space here"],
)
def test_it_finds_what_no_rule_names(text: str) -> None:
    (finding,) = MATCHER.find(text)
    assert not RULES.find(text)
    assert (finding.pattern_id, finding.kind, finding.reason) == (READS_LIKE_DANGER, "self_harm", READER_REASON)
    assert text[finding.start : finding.end] == text


def test_it_never_takes_a_finding_of_the_rules_away() -> None:
    for flags in RULES.rules.file.flags.values():
        for flag in flags.values():
            for text in flag.fires:
                assert MATCHER.find(text) == RULES.find(text)


def test_it_leaves_out_sentences_that_a_guard_names() -> None:
    assert MATCHER.readable("I lost my brother to suicide. How much is it?") == [["how", "much", "is", "it"]]


def test_it_does_not_see_figures_of_speech() -> None:
    assert "boredom" not in MATCHER.whole("dying of boredom here")


def test_it_reads_a_long_text_piece_by_piece() -> None:
    text = (
        "How much is it? " * 30 + "I have written the letters and nobody needs me alive. " + "Is there parking? " * 30
    )
    assert any("letters" in words and len(words) < 40 for words in MATCHER.readable(text))


def test_it_reads_words_pairs_and_pairs_with_a_gap() -> None:
    assert set(pieces(["took", "40"])) == {"<", "took", "#", ">", "< took", "took #", "# >", "< _ #", "took _ >"}


@pytest.mark.parametrize("text", ["", "   ", "👍", "?!..."])
def test_it_reads_nothing_in_an_empty_text(text: str) -> None:
    assert MATCHER.find(text) == ()


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [(b'"threshold":', b'"threshold":1', "was changed"), (b'"numbers"', b'"nombres"', "nombres")],
)
def test_it_refuses_a_file_changed_by_hand(tmp_path: Path, old: bytes, new: bytes, problem: str) -> None:
    (tmp_path / FILE).write_bytes((DATA / FILE).read_bytes().replace(old, new, 1))
    with pytest.raises(ContentError, match=problem):
        Reader.load(tmp_path)


def test_it_names_a_missing_file_and_how_to_make_it(tmp_path: Path) -> None:
    for name in ("spelling.yml", "red_flags.yml"):
        shutil.copy(DATA / name, tmp_path)
    with pytest.raises(ContentError, match=r"crisis_words\.json.*python -m content\.crisis_training"):
        CrisisMatcher.load(tmp_path)


def some_examples() -> list[Labelled]:
    known = examples(RULES.rules)
    return [one for one in known if one.label != NONE][::6] + [one for one in known if one.label == NONE][::12]


def test_it_learns_the_same_numbers_from_the_same_examples_and_keeps_to_its_false_alarms() -> None:
    known = some_examples()
    weights = learn(RULES, known)
    assert encode(weights) == encode(learn(RULES, known))
    assert msgspec.json.decode(encode(weights), type=Weights) == weights
    reader = Reader(weights)
    alarms = [score(reader, RULES, one.text) > reader.threshold for one in known if one.label == NONE]
    caught = [score(reader, RULES, one.text) > reader.threshold for one in known if one.label != NONE]
    assert sum(alarms) <= FALSE_ALARMS * len(alarms) + 1
    assert sum(caught) > 0.8 * len(caught)
