from __future__ import annotations

import datetime
import re

import msgspec
import pytest

from content.operational import operational_text
from content.profile import Operational, load_profile
from content.topics import load_topics
from content.yaml_lines import ContentError
from tests.content.support import Copy

NOON = datetime.datetime(2026, 11, 23, 12, tzinfo=datetime.timezone.utc)


def test_the_sample_clinic_fills_in_every_operational_topic() -> None:
    profile = load_profile()
    for topic in load_topics()["operational"]:
        assert operational_text(topic, profile, NOON), topic


def test_the_profile_knows_exactly_the_operational_topics_of_the_taxonomy() -> None:
    assert Operational.__struct_fields__ == tuple(load_topics()["operational"])


def test_the_sample_clinic_uses_numbers_and_addresses_that_belong_to_nobody() -> None:
    clinic = load_profile().clinic
    assert re.fullmatch(r"01632 960 ?\d{3}", clinic.phone)  # kept free by Ofcom for drama
    assert clinic.email.endswith(".example.com")
    assert clinic.website.endswith(".example.com")


def test_the_first_help_line_is_the_emergency_number() -> None:
    assert load_profile().emergency.call == "999"


SPOILED = {
    "an unknown key": ("name: Wren House Clinic", "name: Wren House Clinic\nfax: none", "fax", "not a known field"),
    "an unknown topic": ("  cost: >-", "  costs: >-", "operational.costs", "not a known field"),
    "a wrong type": ("name: Wren House Clinic", "name: [Wren]", "name", "Expected `str`"),
    "a number without quotes": ('phone: "01632 960 247"', "phone: 1632960247", "phone", "Put it in quotes"),
    "a missing field": ("country: GB\n", "", "", "`country` is missing"),
    "a field given twice": ("country: GB", "country: GB\ncountry: IE", "country", "given twice"),
    "an empty text": ("name: Wren House Clinic", 'name: " "', "name", "is empty"),
    "a control character": ("name: Wren House Clinic", 'name: "Wren\\x07House"', "name", "cannot be seen"),
    "a hidden direction mark": ("name: Wren House Clinic", 'name: "Wren\\u202eHouse"', "name", "cannot be seen"),
    "an unknown country": ("country: GB", "country: ZZ", "country", "Use one of GB, IE, US, CA, AU, NZ"),
    "an unknown time zone": ("Europe/London", "Europe/Wrenbridge", "time_zone", "not a known time zone"),
    "a time zone that is a path": ("Europe/London", "../../etc/passwd", "time_zone", "not a known time zone"),
    "a wrong phone number": ('"01632 960 247"', '"ask Jo"', "phone", "not a phone number"),
    "a wrong e-mail address": ("hello@wrenhouse.example.com", "hello at wrenhouse", "email", "not an e-mail address"),
    "a wrong web address": ("https://wrenhouse", "www.wrenhouse", "website", "https://"),
    "an impossible date": ("2026-12-25", "2026-02-30", "closed_on[0]", "date"),
    "an impossible hour": ('open: "09:00"', 'open: "25:00"', "hours.monday[0]", "not a time of day"),
    "an hour without a nought": ('open: "09:00"', 'open: "9:00"', "hours.monday[0]", "not a time of day"),
    "closing before opening": ('close: "17:30"', 'close: "08:30"', "hours.monday[0]", "not after it opens"),
    "overlapping hours": (
        '"09:00", close: "17:30"}]',
        '"09:00", close: "17:30"}, {open: "17:00", close: "18:00"}]',
        "hours.monday[1]",
        "before the one above",
    ),
    "an hour without quotes": ('open: "09:00"', "open: 9", "hours.monday[0].open", "quotes"),
    "a missing day": ("  sunday: []\n", "", "hours", "`sunday` is missing"),
    "an unknown help line": ("- gb_samaritans", "- gb_samaritan", "crisis_lines[1]", "does not stand in"),
    "another country's help line": ("- gb_samaritans", "- us_988", "crisis_lines[1]", "belongs to US, not to GB"),
    "no emergency number": ("  - gb_emergency\n", "", "crisis_lines", "must name an emergency number"),
}


@pytest.mark.parametrize(("old", "new", "where", "problem"), SPOILED.values(), ids=SPOILED.keys())
def test_it_refuses_by_name_and_line(copy: Copy, old: str, new: str, where: str, problem: str) -> None:
    folder = copy.change("clinic.yml", old, new)
    with pytest.raises(ContentError, match=re.escape(problem)) as refused:
        load_profile(folder)
    assert refused.value.where == where
    if new and where and where not in ("crisis_lines", "hours"):
        written = new.splitlines()[-1]
        assert refused.value.line == copy.line("clinic.yml", written)


@pytest.mark.parametrize(
    ("kept", "problem"),
    [
        ([], "an emergency number"),
        (["gb_emergency"], "free, confidential, answers calls and is open round the clock"),
        (["gb_emergency", "gb_shout"], "answers calls"),
        (["gb_emergency", "gb_nhs_111"], "at least one support line"),
    ],
)
def test_it_refuses_help_lines_that_leave_somebody_without_help(copy: Copy, kept: list[str], problem: str) -> None:
    path = copy.folder / "clinic.yml"
    before, _, after = path.read_text(encoding="utf-8").partition("crisis_lines:\n")
    rest = after[after.index("\n#") :]
    path.write_text(f"{before}crisis_lines: [{', '.join(kept)}]\n{rest}", encoding="utf-8")
    with pytest.raises(ContentError, match=problem):
        load_profile(copy.folder)


def test_a_topic_left_empty_has_no_text(copy: Copy) -> None:
    path = copy.folder / "clinic.yml"
    text = path.read_text(encoding="utf-8")
    start, end = text.index("  cost: >-"), text.index("  insurance: >-")
    path.write_text(text[:start] + "  cost:\n" + text[end:], encoding="utf-8")
    assert operational_text("cost", load_profile(copy.folder), NOON) is None


def test_hours_place_and_contact_are_answered_without_extra_text() -> None:
    profile = load_profile()
    bare = msgspec.structs.replace(profile, clinic=msgspec.structs.replace(profile.clinic, operational=Operational()))
    hours = operational_text("opening_hours", bare, NOON)
    assert hours is not None
    assert "Thursday: 9:00 am to 7:00 pm" in hours
    assert "We are open now." in hours
    assert "Friday 25 December" in hours
    assert "Orchard Street" in (operational_text("location", bare, NOON) or "")
    assert "01632 960 247" in (operational_text("contact", bare, NOON) or "")
