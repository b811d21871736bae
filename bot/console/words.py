"""Plain words for what the system calls by short names: staff never read an identifier."""

from __future__ import annotations

from datetime import timedelta

from bot.conversation.model import Outcome

# What a handoff is about, as a nurse or receptionist would say it.
KINDS = {
    "self_harm": "May harm themselves",
    "harm_to_others": "May harm someone else",
    "medical_emergency": "May be a medical emergency",
    "abuse": "May be in danger from someone",
    "eligibility": "Is treatment right for them?",
    "medication": "Their medicines",
    "condition": "A health condition",
    "pregnancy": "Pregnancy or breastfeeding",
    "dosing": "How much to take",
    "side_effects": "Side effects and risks",
    "symptom_now": "A symptom they have now",
    "diagnosis": "What is wrong with them",
    "treatment_plan": "Which treatment to choose",
    "substance_use": "Alcohol or drugs",
    "talk_to_human": "Asks for a person",
    "no_approved_answer": "No approved answer",
    "unclear": "Not understood, please read",
    "outage": "The assistant could not answer",
    "failure": "A message needs a person",
    "attachment": "Sent something that is not text",
    "taken_over": "Taken up by staff",
    "cost": "Prices",
    "insurance": "Insurance",
    "booking": "Booking",
    "opening_hours": "Opening hours",
    "location": "Where the clinic is",
    "contact": "Phone or e-mail",
    "referral": "Referral and records",
    "session_length": "How long a session takes",
    "number_of_sessions": "How many sessions",
    "preparation": "How to prepare",
    "getting_home": "Getting home",
    "companion": "Bringing someone along",
    "cancellation": "Cancelling or moving",
    "age_limits": "Age limits",
    "staff_credentials": "Who the clinicians are",
    "privacy": "Privacy",
}

# What an approved answer is about.
ANSWERS = {
    "what_is_it": "What the treatment is",
    "history_safety": "Whether it is safe in general",
    "routes": "How it is given",
    "setting": "What the room is like",
    "who_is_present": "Who is there",
    "how_it_works": "How it works",
    "neuroplasticity": "New connections in the brain",
    "fear_response": "Fear and the alarm system",
    "memory_processing": "Memories",
    "perspective": "Seeing things differently",
    "what_it_feels_like": "What it feels like",
    "feeling_in_control": "Feeling in control",
    "after_session": "After a session",
    "why_with_therapy": "Why therapy goes with it",
    "is_it_a_cure": "Whether it is a cure",
    "benefits": "What people report",
    "not_recreational": "Not a party drug",
    "evidence": "Research",
    "who_it_may_help": "Whom it may help",
    "trauma_and_brain": "Trauma and the brain",
}

CRISES = frozenset({"self_harm", "harm_to_others", "medical_emergency", "abuse"})

# Entities that the crisis check found: "danger_" and the kind.
DANGER = "danger_"

OUTCOMES = {
    Outcome.ANSWER: "Answered",
    Outcome.CRISIS: "Danger: crisis message shown",
    Outcome.CLINICAL: "Handed to clinical staff",
    Outcome.STAFF: "Handed to the front desk",
    Outcome.CLARIFY: "Asked what was meant",
    Outcome.SMALLTALK: "Small talk",
}

CHANNELS = {"website": "Website", "telegram": "Telegram"}

ENTITIES = {
    "medicine": "Medicine",
    "dose": "Dose",
    "condition": "Condition",
    "measurement": "Measurement",
    "route": "How it is taken",
    "duration": "How long",
    "frequency": "How often",
    "symptom": "Symptom",
    "substance": "Alcohol or drug",
    "person": "Who is meant",
    "who": "Who is meant",
}

ATTACHMENTS = {
    "photo": "a photo",
    "voice": "a voice message",
    "video": "a video",
    "document": "a file",
    "sticker": "a sticker",
}


def kind(topic: str) -> str:
    """Return what a handoff of this topic is about; a topic added later reads as its name with spaces."""
    topic = topic.rsplit("/", 1)[-1]
    return KINDS.get(topic) or ANSWERS.get(topic) or plain(topic)


def topic(name: str) -> str:
    """Return `outcome/topic` as "Topic (outcome)" in plain words."""
    outcome, _, rest = name.rpartition("/")
    return f"{kind(rest)} ({outcome})" if outcome else kind(rest)


def entity(name: str) -> str:
    if name.startswith(DANGER):
        return "Sign of danger"
    return ENTITIES.get(name, plain(name))


def channel(name: str) -> str:
    return CHANNELS.get(name, plain(name))


def attachment(name: str) -> str:
    return ATTACHMENTS.get(name, f"something that is not text ({plain(name).lower()})")


def plain(name: str) -> str:
    return name.replace("_", " ").strip().capitalize() or "Something else"


def waited(time: timedelta) -> str:
    """Return a length of time as one glance takes it in: "under a minute", "12 min", "3 h 05 min", "2 days"."""
    minutes = int(time.total_seconds() // 60)
    if minutes < 1:
        return "under a minute"
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes:02} min"
    days = hours // 24
    return f"{days} day" if days == 1 else f"{days} days"


def count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
