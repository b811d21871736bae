"""Other languages are recognised; short, misspelt and medical English is not mistaken for one."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.training_data import read_examples
from nlu.language import LanguageCheck
from nlu.lexical import LexicalFeatures

STANDING_ENGLISH = (
    "how much does it cost",
    "wats teh prise for kettamine plz",
    "sertraline zoloft lamictal",
    "u ok hun",
    "wanna kms rn",
    "Siobhan O'Sullivan Aoife Niamh",
    "im on venlafaxine n quetiapine",
    "KAP TRD PTSD?",
    "omg idk tbh",
    "",
    "👍👍",
    "020 7946 0000",
)


@pytest.fixture(scope="module")
def check() -> LanguageCheck:
    lexical = LexicalFeatures()
    lexical.fit([example.text for example in read_examples()])
    return LanguageCheck(lexical.words())


@pytest.mark.parametrize("text", STANDING_ENGLISH)
def test_it_takes_doubtful_texts_for_english(check: LanguageCheck, text: str) -> None:
    assert check.language_of(text) == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("¿Cuánto cuesta el tratamiento con ketamina?", "es"),
        ("cuanto cuesta una sesion por favor", "es"),
        ("Je voudrais prendre rendez-vous pour ma mère", "fr"),
        ("Ich nehme Medikamente gegen Depressionen, geht das?", "de"),
        ("Quanto custa o tratamento e onde fica a clínica?", "pt"),
        ("czy mogę umówić się na wizytę", "pl"),
        ("Сколько стоит лечение?", "ru"),
        ("هل تساعد الكيتامين على الاكتئاب", "ar"),
        ("मुझे मदद चाहिए", "hi"),
        ("治疗多少钱", "zh"),
        ("আমার সাহায্য দরকার", "bn"),
        ("Berapa biaya untuk satu kali terapi di sini?", "id"),
    ],
)
def test_it_recognises_other_languages(check: LanguageCheck, text: str, language: str) -> None:
    assert check.language_of(text) == language


def test_it_mistakes_almost_no_english_example(check: LanguageCheck) -> None:
    spoken = [example for example in read_examples(Path("data")) if example.intent != "staff/no_approved_answer"]
    foreign = [example.text for example in spoken if check.language_of(example.text) != "en"]
    assert len(foreign) <= 0.002 * len(spoken), foreign
