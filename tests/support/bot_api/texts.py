"""Rules for texts: length in UTF-16 code units, entities, and the two parse modes that are still recommended."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from tests.support.bot_api.errors import bad_request
from tests.support.bot_api.words import words

MAX_TEXT = 4096
_ENTITIES = words(
    "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough spoiler blockquote "
    "expandable_blockquote code pre text_link text_mention custom_emoji date_time"
)
_TAGS = words("b strong i em u ins s strike del span tg-spoiler a tg-emoji code pre blockquote tg-time")
_RESERVED = "_*[]()~`>#+-=|{}.!"


def utf16(text: str) -> int:
    """Return the length of `text` in UTF-16 code units, which is how Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def check_text(parameters: dict[str, Any]) -> str:
    """Return the text as shown. Raises RefusedError where text, entities or parse mode break a rule."""
    mode, entities = parameters.get("parse_mode"), parameters.get("entities")
    if mode and entities:
        raise bad_request("parse_mode and entities can't be used together (strict)")
    text = _parse(parameters["text"], mode)
    if not text.strip():
        raise bad_request("message text is empty")
    if utf16(text) > MAX_TEXT:
        raise bad_request("message is too long")
    for entity in entities or []:
        _check_entity(entity, text)
    return text


def _parse(text: str, mode: str | None) -> str:
    if not mode:
        return text
    if mode.lower() == "html":
        return _Html().read(text)
    if mode.lower() == "markdownv2":
        return _markdown(text)
    raise bad_request("unsupported parse_mode")


def _check_entity(entity: Any, text: str) -> None:
    if not isinstance(entity, dict) or entity.get("type") not in _ENTITIES:
        raise bad_request("can't parse entities: unsupported MessageEntity type")
    offset, length = entity.get("offset"), entity.get("length")
    if not isinstance(offset, int) or not isinstance(length, int) or offset < 0 or length < 1:
        raise bad_request("can't parse entities: offset and length must be Integers")
    if offset + length > utf16(text):
        raise bad_request("can't parse entities: ENTITY_BOUNDS_INVALID")
    if entity["type"] == "text_link" and not entity.get("url"):
        raise bad_request("can't parse entities: text_link needs a url")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._open: list[str] = []
        self._shown: list[str] = []

    def read(self, text: str) -> str:
        if re.search(r"<(?![a-zA-Z/])", text):
            raise bad_request("can't parse entities: Unsupported start tag")
        self.feed(text)
        self.close()
        if self._open:
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{self._open[-1]}\""
            )
        return "".join(self._shown)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            raise bad_request(f'can\'t parse entities: Unmatched end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self._shown.append(data)


def _markdown(text: str) -> str:
    plain = re.sub(r"\\(.)", lambda match: "" if match[1] in _RESERVED + "\\" else match[0], text)
    for mark in ("*", "_", "~", "`", "||"):
        if plain.count(mark) % 2:
            raise bad_request(f"can't parse entities: Can't find end of the entity starting with {mark!r}")
    for character in plain:
        if character in "[]()>#+-={}.!":
            raise bad_request(
                f"can't parse entities: Character {character!r} is reserved and must be escaped with the preceding '\\'"
            )
    return re.sub(r"\\(.)|[*_~`]|\|\|", lambda match: match[1] or "", text)
