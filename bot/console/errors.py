"""What keeps a request from its page."""

from __future__ import annotations

from bot.errors import BadInput


class NotSignedIn(BadInput):
    """No session, or one that has ended: the person is led to the sign-in page."""

    code = "not_signed_in"


class ForgedForm(BadInput):
    """A form without the session's own token: sent from elsewhere, or older than the session."""

    code = "forged_form"
