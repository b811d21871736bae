"""One transaction with all the tables in reach."""

from __future__ import annotations

from functools import cached_property

import sqlalchemy as sa

from bot.store.conversations import ConversationSql, MessageSql
from bot.store.handoffs import AuditSql, FailureSql, HandoffSql
from bot.store.jobs import JobSql
from bot.store.outbox import OutboxSql
from bot.store.schema import handoffs, jobs, outbox, telegram_state
from bot.store.session import Session

PROBE = "storage_probe"


class SqlTransaction:
    """The tables, over one connection. `session` is for SQL that other files of `bot.store` hold."""

    def __init__(self, session: Session) -> None:
        self.session = session

    @cached_property
    def conversations(self) -> ConversationSql:
        return ConversationSql(self.session)

    @cached_property
    def messages(self) -> MessageSql:
        return MessageSql(self.session)

    @cached_property
    def jobs(self) -> JobSql:
        return JobSql(self.session)

    @cached_property
    def outbox(self) -> OutboxSql:
        return OutboxSql(self.session)

    @cached_property
    def handoffs(self) -> HandoffSql:
        return HandoffSql(self.session)

    @cached_property
    def failures(self) -> FailureSql:
        return FailureSql(self.session)

    @cached_property
    def audit(self) -> AuditSql:
        return AuditSql(self.session)

    async def probe(self) -> None:
        """Write and take away one row, to see whether the database takes writes."""
        await self.session.run(sa.insert(telegram_state).values(key=PROBE, value=""))
        await self.session.run(sa.delete(telegram_state).where(telegram_state.c.key == PROBE))

    async def counts(self) -> dict[str, int]:
        """Return how much waits, by name, for metrics and alarms."""
        queries = {
            "jobs_pending": sa.select(sa.func.count()).select_from(jobs).where(jobs.c.state == "pending"),
            "jobs_dead": sa.select(sa.func.count()).select_from(jobs).where(jobs.c.state == "dead"),
            "outbox_pending": sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == "pending"),
            "outbox_failed": sa.select(sa.func.count()).select_from(outbox).where(outbox.c.state == "failed"),
            "handoffs_open": sa.select(sa.func.count()).select_from(handoffs).where(handoffs.c.state != "closed"),
        }
        return {name: int(await self.session.scalar(query)) for name, query in queries.items()}
