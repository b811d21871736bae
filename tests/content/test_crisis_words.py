"""The readers beside the rules: what they add, what silences them, and that their files belong to the code."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from content import crisis_sense, crisis_words
from content.crisis import READER_REASON, READS_LIKE_DANGER, CrisisMatcher
from content.crisis_examples import ORDINARY, read_crisis_examples
from content.crisis_reader import Reader
from content.crisis_sense import SenseReader
from content.crisis_words import WordReader, pieces
from content.encoder import SentenceEncoder
from content.pinned import VOCABULARY, PinnedFile
from content.spelling import DATA
from content.yaml_lines import ContentError

MATCHER = CrisisMatcher.load()
RULES = CrisisMatcher.rules_alone()
FILES = (crisis_words.FILE, crisis_sense.FILE)
REMAKE = "Run `python -m content.crisis_training` and commit what it wrote."


def test_their_numbers_belong_to_the_present_code_and_sentence_encoder() -> None:
    words = msgspec.json.decode((DATA / crisis_words.FILE).read_bytes(), type=crisis_words.Weights)
    sense = msgspec.json.decode((DATA / crisis_sense.FILE).read_bytes(), type=crisis_sense.Weights)
    assert words.code == crisis_words.code_digest(), REMAKE
    assert sense.code == crisis_sense.code_digest(), REMAKE


@pytest.mark.parametrize(("name", "most"), [(crisis_words.FILE, 3_500_000), (crisis_sense.FILE, 50_000)])
def test_their_files_stay_small(name: str, most: int) -> None:
    assert (DATA / name).stat().st_size < most


@pytest.mark.parametrize(
    "text",
    [
        "it would be kinder to everyone if i slipped away",
        "my grandfather has handed round his watches and told us he will not see Monday",
        "I've put the passport and the deeds in a folder for my wife and I will not need the car after tonight",
    ],
)
def test_they_find_what_no_rule_names(text: str) -> None:
    (finding,) = MATCHER.find(text)
    assert not RULES.find(text)
    assert (finding.pattern_id, finding.kind, finding.reason) == (READS_LIKE_DANGER, "self_harm", READER_REASON)
    assert text[finding.start : finding.end] == text.rstrip(".")


def test_they_never_take_a_finding_of_the_rules_away() -> None:
    for flags in RULES.rules.file.flags.values():
        for flag in flags.values():
            for text in flag.fires:
                assert MATCHER.find(text) == RULES.find(text)


def test_they_are_silent_on_nearly_every_ordinary_example_that_no_rule_names() -> None:
    quiet = [one.text for one in read_crisis_examples() if one.label == ORDINARY and not RULES.find(one.text)][::4]
    assert sum(bool(MATCHER.find(text)) for text in quiet) <= 0.03 * len(quiet)


@pytest.mark.parametrize(
    "text",
    [
        "I'm dying to know how it feels",
        "this traffic is killing me",
        "my feet are killing me",
        "dead easy to find you",
    ],
)
def test_they_are_silent_on_figures_of_speech(text: str) -> None:
    assert MATCHER.find(text) == ()


@pytest.mark.parametrize("text", ["I lost my brother to suicide. How much is it?", "Dying of boredom here, honestly"])
def test_no_exemption_of_the_rules_hides_anything_from_them(text: str) -> None:
    (piece,) = MATCHER.readable(text)
    assert piece.text == text
    assert {"suicide", "boredom"} & set(piece.words)


@pytest.mark.parametrize(
    "text",
    [
        "my ex will kill me if i go to the police",
        "i've got to get away before my brother kills me",
        "is there a nurse about, my dad can't breathe",
        "i'm worried i might have taken too many of my tablets",
        "i've been hurting myself since i was fourteen",
        "my sister has just hanged herself please hurry",
        "please, help me not to hurt myself tonight",
        "never felt as suicidal as this",
        "he's been hitting me since 2018",
        "my little girl drank weed killer",
        "i found my brother's suicide note and he won't pick up",
        "i think my grandad is dead, he's on the kitchen floor",
        "sitting in my car about to die",
        "i would rather die than go through another week",
        "not coping at all, suicidal",
    ],
)
def test_they_hear_danger_that_an_exemption_hides_from_the_rules(text: str) -> None:
    assert MATCHER.find(text)


def test_they_read_a_short_text_as_it_was_typed() -> None:
    (piece,) = MATCHER.readable("  how much is it, then?? ")
    assert piece.text == "how much is it, then??"


def test_they_read_a_long_text_piece_by_piece() -> None:
    hidden = "I have written the letters and nobody needs me alive. "
    found = MATCHER.readable("How much is it? " * 6 + hidden + "Is there parking? " * 6)
    assert any("letters" in piece.words and len(piece.words) < 40 for piece in found)


@pytest.mark.parametrize("text", ["a b. " * 400, "word " * 400, "ok " * 666, "x" * 2000, "What? " * 333])
def test_they_read_all_of_the_longest_text_in_few_pieces(text: str) -> None:
    found = MATCHER.readable(text)
    assert len(found) <= 40
    assert all(len(piece.words) <= 60 for piece in found)
    end = len(text.rstrip(" .?"))
    assert found[0].start == 0
    assert found[-1].end == end
    assert all(after.start <= before.end + 2 for before, after in pairwise(found))


def test_they_read_words_pairs_and_pairs_with_a_gap() -> None:
    assert set(pieces(["took", "40"])) == {"<", "took", "#", ">", "< took", "took #", "# >", "< _ #", "took _ >"}


@pytest.mark.parametrize("text", ["", "   ", "👍", "?!...", "\ud800 half", "\x00"])
def test_they_find_nothing_in_an_empty_or_broken_text(text: str) -> None:
    assert MATCHER.find(text) == ()


def copied(folder: Path) -> Path:
    for name in ("spelling.yml", "red_flags.yml", *FILES):
        shutil.copy(DATA / name, folder)
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        (crisis_words.FILE, b'"bias":[-', b'"bias":[-1', "was changed"),
        (crisis_words.FILE, b'"numbers"', b'"nombres"', "nombres"),
        (crisis_sense.FILE, b'"threshold": ', b'"threshold": 1', "was changed"),
        (crisis_sense.FILE, b'"centre"', b'"center"', "center"),
        (crisis_sense.FILE, b"{", b"", "cannot be read"),
    ],
)
def test_a_file_changed_by_hand_is_refused(tmp_path: Path, name: str, old: bytes, new: bytes, problem: str) -> None:
    path = copied(tmp_path) / name
    assert old in path.read_bytes()
    path.write_bytes(path.read_bytes().replace(old, new, 1))
    with pytest.raises(ContentError, match=problem):
        CrisisMatcher.load(tmp_path)


def test_files_of_two_trainings_are_refused(tmp_path: Path) -> None:
    words = WordReader.load(DATA)
    with pytest.raises(ContentError, match=r"does not belong to the crisis_words\.json beside it"):
        SenseReader.load(DATA, words.digest[::-1])


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named_with_how_to_make_it(tmp_path: Path, name: str) -> None:
    (copied(tmp_path) / name).unlink()
    with pytest.raises(ContentError, match=rf"{name}.*python -m content\.crisis_training"):
        CrisisMatcher.load(tmp_path)


def test_a_missing_sentence_encoder_is_named_with_how_to_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = PinnedFile(tmp_path / "vocab.txt", VOCABULARY.sha256, "Put it back.")
    monkeypatch.setattr("content.encoder.VOCABULARY", gone)
    monkeypatch.setattr("content.crisis_reader.shared_encoder", SentenceEncoder)
    with pytest.raises(ContentError, match=r"vocab\.txt cannot be read .* Put it back\."):
        Reader.load(DATA)


def test_half_a_character_among_many_sentences_does_not_stop_the_check() -> None:
    harmless = "How are you today my friend. I am ok thanks. \ud83d what now then? That is fine. Ok yes. "
    assert MATCHER.find(harmless) == ()
    assert MATCHER.find(harmless + "I want to kill myself.")
