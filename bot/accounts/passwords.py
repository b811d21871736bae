"""Hashing passwords and judging new ones."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from bot.accounts.errors import FormRefused

MIN_LENGTH = 12
MAX_LENGTH = 200
# zxcvbn's 0..4: 3 is "safely unguessable: moderate protection from offline slow-hash scenario".
MIN_SCORE = 3
# zxcvbn refuses to judge more than 72 characters; the rest only makes a password stronger.
JUDGED = 72

_hasher = PasswordHasher()
# Verified when no such account exists, so that the answer takes as long as for a wrong password.
_NOBODY = _hasher.hash("nobody signs in with this")


def judge(password: str, about: tuple[str, ...]) -> None:
    """Refuse a password that is short, long or easily guessed; `about` holds the person's own name, e-mail and role.

    Raises:
        FormRefused: saying what to do instead.
    """
    if len(password) < MIN_LENGTH:
        raise FormRefused(
            f"Please choose a password of at least {MIN_LENGTH} characters. Three or four words make a good one.",
            "password",
        )
    if len(password) > MAX_LENGTH:
        raise FormRefused(f"Please choose a password of at most {MAX_LENGTH} characters.", "password")
    if zxcvbn(password[:JUDGED], user_inputs=[part for part in about if part])["score"] < MIN_SCORE:
        raise FormRefused(
            "That password is common or easy to guess. Three or four words that do not belong together work well.",
            "password",
        )


def hash_password(password: str) -> str:
    """Return the argon2id hash, with its salt and costs in it. Takes tens of milliseconds: call it in a thread."""
    return _hasher.hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Say whether the password is right; with no hash it takes just as long and is always wrong."""
    try:
        _hasher.verify(password_hash or _NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None
