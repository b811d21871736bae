"""One transaction's connection, and the topics to wake when it has been committed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection


@dataclass(slots=True)
class Session:
    connection: AsyncConnection
    topics: set[str] = field(default_factory=set)

    def notify(self, *topics: str) -> None:
        self.topics.update(topics)

    async def rows(self, statement: sa.Executable) -> list[sa.RowMapping]:
        return list((await self.connection.execute(statement)).mappings().all())

    async def first(self, statement: sa.Executable) -> sa.RowMapping | None:
        return (await self.connection.execute(statement)).mappings().first()

    async def scalar(self, statement: sa.Executable) -> Any:
        return (await self.connection.execute(statement)).scalar()

    async def run(self, statement: sa.Executable) -> int:
        """Return the number of rows that were changed."""
        return (await self.connection.execute(statement)).rowcount
