from __future__ import annotations

import re

import pytest

from content.checks import texts_of
from content.messages import Attachments, CrisisTexts, Smalltalk, load_messages
from content.topics import intents, load_topics
from content.yaml_lines import ContentError
from tests.content.support import Copy

SPOKEN = {"zh", "hi", "es", "fr", "ar", "bn", "pt", "ru", "ur", "id"}  # the ten most spoken besides English


def test_every_topic_that_can_be_asked_about_has_its_question() -> None:
    wanted = [one for one in intents(load_topics()) if one.split("/")[0] in ("answer", "operational", "clinical")]
    assert list(load_messages().questions) == wanted


def test_no_two_topics_share_a_question() -> None:
    values = [button.value for button in load_messages().questions.values()]
    assert len(set(values)) == len(values)


def test_labels_fit_on_a_phone() -> None:
    for button in (*load_messages().questions.values(), load_messages().person_button):
        assert len(button.label) <= 34, button.label


def test_there_is_a_wording_for_every_small_talk_and_crisis_topic() -> None:
    assert {*Smalltalk.__struct_fields__, "out_of_scope"} == set(load_topics()["smalltalk"])
    assert set(CrisisTexts.__struct_fields__) == set(load_topics()["crisis"])


def test_every_kind_of_handoff_has_a_reason_for_staff() -> None:
    wanted = {one for one in intents(load_topics()) if one.split("/")[0] in ("clinical", "crisis", "staff")}
    assert wanted <= set(load_messages().reasons)


def test_the_ten_most_spoken_languages_and_four_near_ones_are_spoken() -> None:
    assert set(load_messages().languages) >= SPOKEN | {"pl", "de", "cy", "it"}


@pytest.mark.parametrize("code", sorted(load_messages().languages))
def test_a_sentence_in_another_language_gives_the_emergency_number_and_a_line_to_call(code: str) -> None:
    text = load_messages().languages[code]
    assert {"{emergency}", "{name}", "{number}"} <= set(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize(
    ("code", "script"),
    [("zh", "一-鿿"), ("hi", "ऀ-ॿ"), ("ar", "؀-ۿ"), ("bn", "ঀ-৿"), ("ru", "Ѐ-ӿ"), ("ur", "؀-ۿ")],
)
def test_a_language_is_written_in_its_own_script(code: str, script: str) -> None:
    letters = re.sub(r"\{\w+\}", "", load_messages().languages[code])
    assert len(re.findall(f"[{script}]", letters)) > 30


def test_the_welcome_says_what_this_is() -> None:
    text = load_messages().welcome
    assert "automated assistant, not a person" in text
    assert "not an emergency service" in text
    assert "ask for a person at any time" in text


def test_attachments_of_every_kind_have_a_kind_sentence() -> None:
    assert {"photo", "voice", "video", "document", "sticker", "location", "other"} <= set(Attachments.__struct_fields__)


def test_no_wording_holds_words_that_hurt_or_pretend() -> None:
    for where, text in texts_of(load_messages()):
        assert not re.search(r"\b(crazy|insane|addict|junkie|suffers? from|as a human)\b", text, re.IGNORECASE), where


SPOILED = {
    "a placeholder lost": (
        "is in danger, call {emergency} now",
        "is in danger, call 999 now",
        "welcome",
        "must contain",
    ),
    "a placeholder misspelt": ("welcome to {clinic}", "welcome to {clinik}", "welcome", "{clinik}, which is not known"),
    "a placeholder not known": ("You are very welcome.", "Dear {name}.", "smalltalk.thanks", "{name}, which is not"),
    "a stray bracket": ("You are very welcome.", "You are { welcome.", "smalltalk.thanks", "curly bracket"),
    "an attribute of an object": ("{clinic}", "{clinic.__class__}", "welcome", "which is not known"),
    "an unknown key": ("  deny: That", "  denies: That", "smalltalk.denies", "not a known field"),
    "a missing question": (
        '  answer/setting: {label: "What',
        '  answer/set: {label: "What',
        "questions.answer/set",
        "belong",
    ),
    "a missing reason": ("  staff/talk_to_human: Asked", "  staff/talk: Asked", "reasons.staff/talk", "belong"),
    "an empty text": ("  also_general: ", "  also_general: '' # ", "handed_over.also_general", "is empty"),
    "a button without a value": (
        '{label: "Talk to a person", value: "I would like to talk to a person"}',
        '{label: "Talk to a person"}',
        "person_button",
        "`value` is missing",
    ),
}


@pytest.mark.parametrize(("old", "new", "where", "problem"), SPOILED.values(), ids=SPOILED.keys())
def test_it_refuses_by_name_and_line(copy: Copy, old: str, new: str, where: str, problem: str) -> None:
    folder = copy.change("messages.yml", old, new)
    with pytest.raises(ContentError, match=re.escape(problem)) as refused:
        load_messages(folder)
    assert refused.value.where == where
    assert refused.value.line >= 1


def test_a_missing_question_is_named(copy: Copy) -> None:
    path = copy.folder / "messages.yml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "operational/cost:" not in line), encoding="utf-8")
    with pytest.raises(ContentError, match="operational/cost is missing"):
        load_messages(copy.folder)


def test_a_crisis_without_a_second_form_is_refused(copy: Copy) -> None:
    path = copy.folder / "messages.yml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("    again:\n"), text.index("  harm_to_others:\n")
    path.write_text(text[:start] + "    again: []\n" + text[end:], encoding="utf-8")
    with pytest.raises(ContentError, match=r"crisis\.self_harm\.again: is empty"):
        load_messages(copy.folder)
