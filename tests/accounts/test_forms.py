from __future__ import annotations

import pytest

from bot.accounts import forms, passwords, totp
from bot.accounts.errors import FormRefused


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nia  ", "Nia"),
        ("Nia\nOwen", "Nia Owen"),
        ("N\u202eia\u200b", "Nia"),
        ("Siân Ó'Brien-Żak", "Siân Ó'Brien-Żak"),
        ("<b>Nia</b>", "<b>Nia</b>"),
    ],
)
def test_a_name_is_one_visible_line(typed: str, kept: str) -> None:
    assert forms.name(typed) == kept


@pytest.mark.parametrize("typed", ["", "   ", "\u200b\u202e", "x" * 61])
def test_an_impossible_name_is_refused(typed: str) -> None:
    with pytest.raises(FormRefused) as refusal:
        forms.name(typed)
    assert refusal.value.field == "name"


@pytest.mark.parametrize(
    "typed", ["nia", "nia@", "@clinic.example", "nia@clinic", "n ia@clinic.example", "a@b@c.example"]
)
def test_an_impossible_address_is_refused(typed: str) -> None:
    with pytest.raises(FormRefused, match="e-mail"):
        forms.email(typed)


@pytest.mark.parametrize(
    "password", ["short", "password1234", "qwertyuiop12", "aaaaaaaaaaaaaa", "nianianianianurse", "x" * 201, ""]
)
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(FormRefused):
        passwords.judge(password, ("Nia", "Nurse", "nia@clinic.example"))


@pytest.mark.parametrize(
    "password", ["purple kettle sings twice", "Tr7-vq9!Lm2xQ", "żółta łódka płynie nocą", "long words " * 10]
)
def test_a_strong_password_is_taken(password: str) -> None:
    passwords.judge(password, ("Nia", "Nurse", "nia@clinic.example"))
    assert passwords.matches(passwords.hash_password(password), password)


def test_no_password_matches_where_there_is_none() -> None:
    assert not passwords.matches(None, "nobody signs in with this")
    assert not passwords.matches("not a hash", "anything")


def test_the_qr_code_is_a_picture_without_scripts_styles_or_links() -> None:
    picture = totp.qr_code(totp.new_secret(), "nia@clinic.example", "Wren House & <Sons>")
    assert picture.startswith("<svg")
    assert not any(part in picture for part in ("<script", "style=", "href", "onload", "<Sons>"))
