"""One transaction's connection, and the topics to wake when it has been committed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

Values = Mapping[str, object]

# An engine's execution options: without this `run` could not count the rows of an INSERT on PostgreSQL.
OPTIONS = {"preserve_rowcount": True}


class Session:
    """Runs statements alike on both databases.

    SQLite's statements are run where they stand: handing each to a thread and back takes ten times as long as the
    statement itself. Only its commit, which waits for the disk, goes to a thread.

    The statements of every message's way stand ready-made at the head of their files; making one anew takes longer
    than running it.
    """

    def __init__(self, connection: AsyncConnection | sa.Connection) -> None:
        self._connection = connection
        self.topics: set[str] = set()

    @property
    def dialect(self) -> str:
        return self._connection.dialect.name

    def notify(self, *topics: str) -> None:
        """Wake whoever watches `topics`, once this transaction is committed."""
        self.topics.update(topics)

    async def execute(self, statement: sa.Executable, values: Values | None = None) -> sa.CursorResult[Any]:
        if isinstance(self._connection, AsyncConnection):
            return await self._connection.execute(statement, values)
        return self._connection.execute(statement, values)

    async def rows(self, statement: sa.Executable, values: Values | None = None) -> list[sa.RowMapping]:
        return list((await self.execute(statement, values)).mappings().all())

    async def first(self, statement: sa.Executable, values: Values | None = None) -> sa.RowMapping | None:
        return (await self.execute(statement, values)).mappings().first()

    async def scalar(self, statement: sa.Executable, values: Values | None = None) -> Any:
        return (await self.execute(statement, values)).scalar()

    async def run(self, statement: sa.Executable, values: Values | None = None) -> int:
        """Return the number of rows that were changed."""
        return (await self.execute(statement, values)).rowcount
