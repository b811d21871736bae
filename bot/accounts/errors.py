"""What signing in and looking after accounts refuse; each message is shown as it stands to the person at the screen."""

from __future__ import annotations

from bot.errors import BadInput


class FormRefused(BadInput):
    """A field is empty, too long or not possible; `field` names the input that is wrong."""

    code = "form_refused"

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


class SignInRefused(BadInput):
    """E-mail, password or code is wrong; which one is never said."""

    code = "sign_in_refused"


class LinkRefused(BadInput):
    """A sign-in link that is unknown, used, out of date, or no longer allowed."""

    code = "link_refused"


class StaffNotFound(BadInput):
    code = "staff_not_found"
