"""Random tokens, and what is derived from them. Only hashes of tokens are ever stored."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_token() -> str:
    """Return 256 random bits, safe in addresses and cookies."""
    return secrets.token_urlsafe(32)


def hash_token(token: str) -> str:
    """Return the SHA-256 of a token as hex: what the database holds in its place."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(cookie: str) -> str:
    """Return the token every form of this cookie's holder carries.

    It is derived from the cookie, which scripts and other sites cannot read, so it needs no storage of its own
    and ends with the session.
    """
    return hmac.new(cookie.encode(), b"handrail console form", hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())
