from __future__ import annotations

import datetime
import re

import pytest

from content.crisis_lines import CrisisLine, countries, load_crisis_lines
from content.profile import load_profile
from content.yaml_lines import ContentError
from tests.content.support import Copy

LINES = load_crisis_lines()
EMERGENCY = {"GB": "999", "IE": "112", "US": "911", "CA": "911", "AU": "000", "NZ": "111"}
CALL = {"GB": "116 123", "IE": "116 123", "US": "988", "CA": "988", "AU": "13 11 14", "NZ": "1737"}


def of(country: str, purpose: str) -> list[CrisisLine]:
    return [line for line in LINES.values() if (line.country, line.purpose) == (country, purpose)]


def test_it_knows_six_countries() -> None:
    assert countries(LINES) == ["GB", "IE", "US", "CA", "AU", "NZ"]


@pytest.mark.parametrize("country", EMERGENCY)
def test_each_country_has_its_emergency_number(country: str) -> None:
    assert [line.call for line in of(country, "emergency")] == [EMERGENCY[country]]


@pytest.mark.parametrize("country", CALL)
def test_each_country_has_a_free_confidential_line_to_call_round_the_clock(country: str) -> None:
    first = of(country, "support")[0]
    assert first.call == CALL[country]
    assert first.free
    assert first.confidential
    assert first.round_the_clock


@pytest.mark.parametrize("country", EMERGENCY)
def test_each_country_has_a_line_to_text_and_one_against_abuse(country: str) -> None:
    assert any(line.text_to for line in of(country, "support"))
    assert any(line.free and line.round_the_clock for line in of(country, "abuse"))


@pytest.mark.parametrize("name", LINES)
def test_each_line_can_be_reached_and_says_where_its_number_was_checked(name: str) -> None:
    line = LINES[name]
    assert re.search(r"call [\d-]|text ", line.how)
    assert re.fullmatch(r"[a-z0-9.-]+\.[a-z]+(/[a-z-]+)?", line.source)
    assert isinstance(line.checked_on, datetime.date)


def test_a_line_reads_as_one_sentence() -> None:
    assert LINES["gb_samaritans"].sentence == "Samaritans: call 116 123 (free, confidential, at any time)."
    assert LINES["gb_shout"].sentence == "Shout: text SHOUT to 85258 (free, confidential, at any time)."
    assert LINES["us_988"].how == "call or text 988"
    assert LINES["au_lifeline"].how == "call 13 11 14 or text 0477 13 11 14"
    assert LINES["us_domestic_violence"].how == "call 1-800-799-7233 or text START to 88788"
    assert "8 am to 10 pm every day" in LINES["ie_poisons"].sentence


@pytest.mark.parametrize("country", EMERGENCY)
def test_a_clinic_in_any_of_the_countries_can_be_set_up(copy: Copy, country: str) -> None:
    path = copy.folder / "clinic.yml"
    text = path.read_text(encoding="utf-8").replace("country: GB", f"country: {country}")
    before, _, after = text.partition("crisis_lines:\n")
    ids = ", ".join(name for name, line in LINES.items() if line.country == country)
    path.write_text(f"{before}crisis_lines: [{ids}]\n{after[after.index(chr(10) + '#') :]}", encoding="utf-8")
    assert load_profile(copy.folder).emergency.call == EMERGENCY[country]


@pytest.mark.parametrize(
    ("old", "new", "where", "problem"),
    [
        ('call: "116 123", ', "", "gb_samaritans", "neither `call` nor `text_to`"),
        ("purpose: support", "purpose: other", "gb_samaritans.purpose", "Invalid enum value"),
        ('call: "116 123"', "call: 116123", "gb_samaritans.call", "quotes"),
        ("checked_on: 2026-11-23", "checked_on: yesterday", "gb_emergency.checked_on", "date"),
        ("name: Samaritans", "name: ''", "gb_samaritans.name", "is empty"),
    ],
)
def test_it_refuses_by_name_and_line(copy: Copy, old: str, new: str, where: str, problem: str) -> None:
    folder = copy.change("crisis_lines.yml", old, new)
    with pytest.raises(ContentError, match=re.escape(problem)) as refused:
        load_crisis_lines(folder)
    assert refused.value.where == where
    assert refused.value.line > 1
