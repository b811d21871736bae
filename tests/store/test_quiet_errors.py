"""What goes wrong in the database is told without what the visitor wrote."""

from __future__ import annotations

import traceback

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from bot.errors import StorageRefused
from bot.store.database import open_database

SAID = "I feel so alone"


async def test_an_error_of_the_database_does_not_repeat_the_visitors_text(database_url: str) -> None:
    database = open_database(database_url)
    await database.start()
    try:
        with pytest.raises((DBAPIError, StorageRefused)) as raised:
            async with database.write() as tx:
                await tx.session.run(text("INSERT INTO no_such_table VALUES (:said)"), {"said": SAID})
        assert "alone" not in "".join(traceback.format_exception(raised.value))
    finally:
        await database.stop()
