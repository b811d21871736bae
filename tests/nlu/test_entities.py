"""What the clinical finder marks in a message, what it leaves alone, and what it says of whom and when."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.training_data.message import Message

from nlu.clinical import ClinicalFinder, ClinicalFinding, clinical_features
from nlu.entities import ClinicalEntities
from tests.support.timing import seconds

FINDER = ClinicalFinder.load()


def one(text: str, kind: str) -> ClinicalFinding:
    return next(finding for finding in FINDER.find(text) if finding.kind == kind)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("I take sertraline", "medicine", "sertraline"),
        ("on Zoloft now", "medicine", "sertraline"),
        ("setraline every morning", "medicine", "sertraline"),
        ("venlafaxin and me", "medicine", "venlafaxine"),
        ("does valium matter", "medicine", "diazepam"),
        ("my mum's on lithium", "medicine", "lithium"),
        ("I'm on St John's wort", "medicine", "St John's wort"),
        ("blood pressure tablets", "medicine", "blood pressure tablets"),
        ("taking clarithromycin", "medicine", "clarithromycin"),
        ("I have bipolar disorder", "condition", "bipolar disorder"),
        ("is it ok with high blood pressure", "condition", "high blood pressure"),
        ("my son has ADD", "condition", "ADHD"),
        ("30 weeks pregnant", "condition", "pregnancy"),
        ("is 25mg a lot", "dose", "25mg"),
        ("half a tablet", "dose", "half a tablet"),
        ("0.5 mg/kg", "dose", "0.5 mg/kg"),
        ("BP is 160/100", "measurement", "BP is 160/100"),
        ("I weigh 62 kilos", "measurement", "62 kilos"),
        ("nasal spray or drip", "route", "nasal spray"),
        ("for about ten years", "duration", "for about ten years"),
        ("twice a day", "frequency", "twice a day"),
    ],
)
def test_it_finds(text: str, kind: str, value: str) -> None:
    assert one(text, kind).value == value


@pytest.mark.parametrize(
    "text",
    [
        "I take part in a study group",
        "can you add me to the list, I did ask",
        "the bus sits at the concert hall",
        "how much does it cost and where do I park",
        "is there serotonin involved",
        "section 3/4 of the form, page 10/12",
        "yaz said hello",
        "",
    ],
)
def test_it_leaves_ordinary_words_alone(text: str) -> None:
    assert FINDER.find(text) == ()


@pytest.mark.parametrize(
    ("text", "who", "tense", "negated"),
    [
        ("I take sertraline", "self", "now", "no"),
        ("my mum's on lithium", "parent", "now", "no"),
        ("My 15 year old daughter takes fluoxetine", "child", "now", "no"),
        ("my husband came off citalopram", "partner", "past", "no"),
        ("a patient on methadone", "patient", "now", "no"),
        ("my friend has epilepsy", "other", "now", "no"),
        ("my wife is low. she takes mirtazapine", "partner", "now", "no"),
        ("I used to take prozac", "self", "past", "no"),
        ("I had a stroke in 2019", "self", "past", "no"),
        ("I've had PTSD for 20 years", "self", "now", "no"),
        ("what if I start lithium", "self", "hypothetical", "no"),
        ("I don't take any antidepressants", "self", "now", "yes"),
        ("no history of psychosis but I have asthma", "general", "past", "yes"),
        ("is it given for depression", "general", "now", "no"),
    ],
)
def test_it_says_of_whom_and_when(text: str, who: str, tense: str, negated: str) -> None:
    attributes = next(finding for finding in FINDER.find(text) if finding.kind in {"medicine", "condition"}).attributes
    assert (attributes["who"], attributes["tense"], attributes["negated"]) == (who, tense, negated)


def test_it_joins_a_dose_to_its_medicine_and_names_the_class() -> None:
    attributes = one("I take sertraline 100 mg daily", "medicine").attributes
    assert attributes["dose"] == "100 mg" and attributes["group"] == "SSRI"


def test_it_keeps_the_longest_of_overlapping_names() -> None:
    assert [finding.value for finding in FINDER.find("treatment resistant depression")] == [
        "treatment-resistant depression"
    ]


def test_it_gives_offsets_into_the_text_as_written() -> None:
    text = "  Hello 👋, I'm on PROZAC!"
    found = one(text, "medicine")
    assert text[found.start : found.end] == "PROZAC"


@pytest.mark.parametrize(
    ("text", "feature", "value"),
    [
        ("what is ketamine", "has_medicine_other_than_ketamine", 0.0),
        ("can I have it with sertraline", "has_medicine_other_than_ketamine", 1.0),
        ("is it used for depression", "personal", 0.0),
        ("I have depression", "personal", 1.0),
        ("my dad has dementia", "about_someone_else", 1.0),
        ("is 40mg much", "has_dose", 1.0),
        ("i smoke weed", "has_recreational_drug", 1.0),
    ],
)
def test_it_gives_features_for_the_classifier(text: str, feature: str, value: float) -> None:
    assert clinical_features(text)[feature] == value


def test_its_features_have_the_same_names_for_every_text() -> None:
    assert list(clinical_features("")) == list(clinical_features("I take sertraline 50mg"))


def test_the_component_adds_entities_as_rasa_writes_them() -> None:
    message = Message.build("I take sertraline")
    entities: list[dict[str, Any]] = ClinicalEntities(FINDER).process([message])[0].get("entities")
    assert entities == [
        {
            "entity": "medicine",
            "value": "sertraline",
            "start": 7,
            "end": 17,
            "extractor": "ClinicalEntities",
            "attributes": {"who": "self", "tense": "now", "negated": "no", "group": "SSRI"},
        }
    ]


@given(st.text(max_size=200))
def test_it_never_raises_and_never_overlaps(text: str) -> None:
    found = FINDER.find(text)
    assert all(before.end <= after.start for before, after in itertools.pairwise(found))


def test_ten_times_the_text_takes_no_more_than_some_ten_times_as_long() -> None:
    text = (
        "I take sertraline 100mg and my GP says my BP is 160/100. I've had PTSD for 20 years, is the drip safe for me? "
    )
    assert seconds(FINDER.find, text * 10) < 30 * seconds(FINDER.find, text)


@pytest.mark.parametrize(
    "text", ["<img src=x> hello", "im scared", "iv had enough of waiting", "is it impossible", "my fibs"]
)
def test_it_finds_no_route_in_ordinary_words(text: str) -> None:
    assert FINDER.find(text) == ()


@pytest.mark.parametrize("text", ["is it IV or IM", "do you do iv ketamine"])
def test_it_finds_a_route_that_is_meant(text: str) -> None:
    assert one(text, "route").value.lower() in ("iv", "im")
