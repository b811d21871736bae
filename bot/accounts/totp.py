"""The optional second step: six-digit codes from an authenticator app (TOTP, RFC 6238)."""

from __future__ import annotations

import base64
import binascii
import io
from datetime import datetime, timedelta

import pyotp
import segno

from bot.accounts.errors import FormRefused

STEP_SECONDS = 30
# Phones' clocks drift: one step before and after is accepted.
DRIFT_STEPS = 1
REPLAY_WINDOW = timedelta(seconds=STEP_SECONDS * (2 * DRIFT_STEPS + 1))


def new_secret() -> str:
    return pyotp.random_base32()


def is_secret(secret: str) -> bool:
    """Say whether this has the shape of a secret that `new_secret` makes (160 bits, base 32)."""
    try:
        return len(base64.b32decode(secret)) == 20
    except (binascii.Error, ValueError):
        return False


def accepted_step(secret: str, code: str, now: datetime) -> int | None:
    """Return which 30-second step the code belongs to, or None if it is wrong."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    totp = pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in range(current - DRIFT_STEPS, current + DRIFT_STEPS + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), digits):
            return step
    return None


def confirm(secret: str, code: str, now: datetime) -> None:
    """Make sure that the person's app shows the same codes before the second step is switched on.

    Raises:
        FormRefused: the secret is none of ours, or the code is wrong.
    """
    if not is_secret(secret):
        raise FormRefused("That set-up is no longer valid. Please start again.", "code")
    if accepted_step(secret, code, now) is None:
        raise FormRefused(
            "That code does not match. Codes change every 30 seconds; please type the newest one.", "code"
        )


def qr_code(secret: str, email: str, clinic: str) -> str:
    """Return the set-up address as an inline SVG picture without styles, scripts or outside references."""
    address = pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"{clinic} console")
    picture = io.BytesIO()
    segno.make(address, error="m").save(
        picture,
        kind="svg",
        xmldecl=False,
        svgns=True,
        scale=5,
        border=3,
        dark="#111",
        light="#fff",
        title="QR code for your authenticator app",
    )
    return picture.getvalue().decode()
