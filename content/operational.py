"""Answers to operational questions, from the clinic's own profile alone."""

from __future__ import annotations

import datetime

from content.hours import date_text, week_lines
from content.profile import Profile

SHOWN_CLOSED_DAYS = 4


def operational_text(topic: str, profile: Profile, now: datetime.datetime) -> str | None:
    """Return the approved text for an operational `topic`; None if the clinic has not filled it in."""
    extra: str | None = getattr(profile.clinic.operational, topic)
    facts = {"opening_hours": opening_hours_text, "location": location_text, "contact": contact_text}.get(topic)
    return extra if facts is None else "\n\n".join(part for part in (facts(profile, now), extra) if part)


def opening_hours_text(profile: Profile, now: datetime.datetime) -> str:
    state = "We are open now." if profile.is_open(now) else "We are closed right now."
    text = "\n".join(["Our opening hours are:", *(f"• {line}" for line in week_lines(profile.clinic.hours)), state])
    today = now.astimezone(profile.zone).date()
    closed = sorted(day for day in profile.clinic.closed_on if day >= today)[:SHOWN_CLOSED_DAYS]
    if not closed:
        return text
    return f"{text} The next days on which we are closed all day: {', '.join(map(date_text, closed))}."


def location_text(profile: Profile, _now: datetime.datetime) -> str:
    return "\n".join(["You can find us here:", profile.clinic.name, *profile.clinic.address])


def contact_text(profile: Profile, _now: datetime.datetime) -> str:
    clinic = profile.clinic
    return f"Phone: {clinic.phone}\nE-mail: {clinic.email}\nWebsite: {clinic.website}"
