"""Makes a one-time sign-in link straight in the database: what `make run` and the command line print."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.accounts.links import SignInLinks
from bot.settings import Settings
from bot.store.database import open_database
from bot.store.staff import StaffSql


async def sign_in_address(settings: Settings, email: str | None = None) -> str:
    """Return a new link's address: for the person with this e-mail address, else for the first administrator.

    Raises:
        StaffNotFound: no active account has that e-mail address.
    """
    database = open_database(settings.database_url.get_secret_value())
    await database.start()
    try:
        links = SignInLinks(StaffSql(database), lambda: datetime.now(UTC), settings.public_url)
        return await links.issue(email)
    finally:
        await database.stop()
