"""Mistakes in the crisis check's files are refused by name and line; the pattern language reads as documented."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from content.crisis import CrisisMatcher
from content.normalise import Normaliser
from content.patterns import Compiler, PatternError
from content.spelling import DATA
from content.yaml_lines import ContentError

SMALL = """\
words:
  me: me|myself
harmless:
  saying: {reason: A saying., match: ["kill time"], stays_silent: [kill time]}
guards:
  past: {reason: Long ago., match: ["years ago"], stays_silent: [I hurt myself years ago]}
flags:
  self_harm:
    hurts:
      reason: Hurts themselves.
      match: ["hurt {me}"]
      unless: [past]
      fires: [i hurt myself]
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    shutil.copy(DATA / "spelling.yml", tmp_path)
    return tmp_path


def load(data: Path, text: str) -> CrisisMatcher:
    (data / "red_flags.yml").write_text(text, encoding="utf-8")
    return CrisisMatcher.rules_alone(data)


def test_it_reads_a_small_file(data: Path) -> None:
    matcher = load(data, SMALL)
    assert matcher.find("i hurt myself") and not matcher.find("i hurt myself years ago")


@pytest.mark.parametrize(
    ("wrong", "right", "line", "problem"),
    [
        ("hurt {me}", "hurt {mee}", 11, "`{mee}` is not defined"),
        ("hurt {me}", "hurt (me", 11, "bracket that is not closed"),
        ("hurt {me}", "hurt me)", 11, "a `)` too many"),
        ("hurt {me}", "hurt? ~2", 11, "no word that must occur"),
        ("hurt {me}", "hurt| me", 11, "without a word on both sides"),
        ("hurt {me}", "hurt !me", 11, "cannot be read"),
        ("me|myself", "me|{me}", 2, "by way of itself"),
        ("unless: [past]", "unless: [passed]", 12, "`passed` is not one of the guards: past"),
        ("reason: Hurts themselves.", "reason: ''", 10, "is empty"),
        ("fires: [i hurt myself]", "fires: []", 13, "no example"),
        ("fires: [i hurt myself]", "stays_silent: []", 9, "missing required field `fires`"),
        ("      unless", "      until", 12, "not a known field"),
        ("  self_harm:", "  sadness:", 8, "is not one of the kinds"),
    ],
)
def test_it_names_the_line_of_a_mistake(data: Path, wrong: str, right: str, line: int, problem: str) -> None:
    with pytest.raises(ContentError) as caught:
        load(data, SMALL.replace(wrong, right))
    assert problem in str(caught.value)
    assert abs(caught.value.line - line) <= 1


def test_it_refuses_two_flags_of_one_name(data: Path) -> None:
    with pytest.raises(ContentError, match="also the name of a flag"):
        load(data, SMALL + "  abuse:\n    hurts: {reason: Again., match: [ouch], fires: [ouch]}\n")


def test_it_refuses_a_key_word_with_a_space(data: Path) -> None:
    spelling = (DATA / "spelling.yml").read_text(encoding="utf-8").replace("  - suicidal\n", "  - so sad\n", 1)
    (data / "spelling.yml").write_text(spelling, encoding="utf-8")
    with pytest.raises(ContentError, match="`so sad` must be one lower-case word"):
        load(data, SMALL)


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("dead|gone now", "he is gone now", "he is gone"),
        ("really? hurt", "hurt", "really"),
        ("(end it|my life) now", "end it now", "end now"),
        ("want ~2 die", "want to just die", "want to just please die"),
        ("want ~3 die", "want to die", "i want it. to die"),
        ("^ goodbye $", "ok. goodbye. x", "goodbye then"),
        ("suicid*", "suicidality", "sue"),
        ("took ##", "took 40", "took 4"),
        ("in ####", "in 2011", "in 20"),
        ("die !(of boredom|laughing)", "die of cold", "die of boredom"),
        ("knife & him", "him with a knife", "knife. him"),
        ("one thing | another", "another", "thing"),
        ("why ?", "why?", "why"),
        ("can't go", "cannot go", "can go"),
    ],
)
def test_it_reads_the_pattern_language(pattern: str, yes: str, no: str) -> None:
    normaliser = Normaliser.load()
    compiled = Compiler(normaliser.pattern_word, {}).compile(pattern)

    def matches(text: str) -> bool:
        line = [".", *(word.text for word in normaliser.words(text)), ".", ".", "."]
        return any(compiled.run(line, at) > at for at in range(1, len(line) - 3))

    assert matches(yes) and not matches(no)


def test_it_refuses_a_pattern_of_optional_words_only() -> None:
    with pytest.raises(PatternError, match="must occur"):
        Compiler(lambda word: [word], {}).compile("one? two?")
