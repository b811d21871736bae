"""The wordings of `data/telegram.yml`."""

from __future__ import annotations

from pathlib import Path

import pytest

from content.profile import load_profile
from content.telegram_texts import common_values, load_telegram_messages, refuse_too_long
from content.topics import DATA
from content.yaml_lines import ContentError


def changed(folder: Path, old: str, new: str) -> Path:
    text = (DATA / "telegram.yml").read_text(encoding="utf-8")
    assert old in text
    (folder / "telegram.yml").write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_the_shipped_texts_are_right_for_the_shipped_clinic() -> None:
    load_telegram_messages()
    refuse_too_long(load_profile())


def test_the_start_notice_says_what_it_must() -> None:
    messages = load_telegram_messages()
    text = messages.start.text.format_map(common_values(load_profile(), messages))
    for needed in ("automated assistant", "not private enough", "01632 960 247", "999", "116 123", "/website"):
        assert needed in text


def test_where_visitors_cannot_open_the_website_no_text_offers_it() -> None:
    messages = load_telegram_messages()
    values = common_values(load_profile(), messages, offers_website=False)
    for text in (messages.start.text, messages.help.text, messages.privacy.text, messages.no_website.text):
        said = text.format_map(values)
        assert "/website" not in said
        assert "01632 960 247" in said


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("short_description:", "short_descriptoin:", "telegram.yml, line"),
        ("call {emergency} now. You can also", "call now. You can also", "help.text: must contain {emergency}"),
        ("Nothing was deleted.", "Nothing was {deleted}.", "delete_kept.text: uses {deleted}"),
        ('  delete: "Delete', '  remove: "Delete', "commands: must be start, help"),
        ('start: "Begin"', f'start: "{"x" * 257}"', "commands.start: is longer than the 256"),
        ('text: "All right. Nothing was deleted."', 'text: ""', "delete_kept.text: is empty"),
    ],
)
def test_a_mistake_is_refused_by_name(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(ContentError) as caught:
        load_telegram_messages(changed(tmp_path, old, new))
    assert problem in str(caught.value)


def test_a_description_too_long_for_telegram_is_refused_by_name(tmp_path: Path) -> None:
    folder = changed(tmp_path, "Not for emergencies: in danger", f"{'x' * 400} Not for emergencies: in danger")
    with pytest.raises(ContentError) as caught:
        refuse_too_long(load_profile(), folder)
    assert "description: is longer than the 512 characters" in str(caught.value)
