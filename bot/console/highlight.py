"""Splits a visitor's text into plain and highlighted pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.console import words
from bot.conversation.model import Entity


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; `kind` is "" for plain text, else the entity's kind. `note` says more about the entity."""

    text: str
    kind: str = ""
    label: str = ""
    note: str = ""


def pieces(text: str, entities: Iterable[Entity]) -> list[Piece]:
    """Return the text cut at its entities; joined again, the pieces are always exactly the text.

    Entities that overlap an earlier one, or whose words do not stand where they say, are left out.
    """
    found: list[Piece] = []
    at = 0
    for entity in sorted(entities, key=lambda entity: (entity.start, -entity.end)):
        if entity.start < at or entity.end <= entity.start or text[entity.start : entity.end] != entity.text:
            continue
        if entity.start > at:
            found.append(Piece(text[at : entity.start]))
        kind = "danger" if entity.kind.startswith(words.DANGER) else entity.kind
        found.append(Piece(entity.text, kind=kind, label=words.entity(entity.kind), note=note(entity)))
        at = entity.end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found


def note(entity: Entity) -> str:
    """Return what is known of the entity in a few words: "Medicine: sertraline, 100 mg, not taken by themselves"."""
    if entity.kind.startswith(words.DANGER):
        return words.entity(entity.kind)
    said = [f"{words.entity(entity.kind)}: {entity.value or entity.text}"]
    attributes = entity.attributes
    if attributes.get("dose"):
        said.append(attributes["dose"])
    if attributes.get("negated") in ("yes", "true"):
        said.append("said not to be so")
    if attributes.get("tense") in ("past", "hypothetical"):
        said.append("in the past" if attributes["tense"] == "past" else "only supposed")
    if attributes.get("who") not in (None, "", "self"):
        said.append(f"about: {attributes['who']}")
    return ", ".join(said)
