"""Index what is pending in the order in which it is claimed, so that a claim does not slow down with what waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PENDING = sa.text("state = 'pending'")


def upgrade() -> None:
    op.create_index("ix_jobs_pending", "jobs", ["created_at"], sqlite_where=PENDING, postgresql_where=PENDING)
    op.drop_index("ix_outbox_pending", "outbox")
    op.create_index("ix_outbox_pending", "outbox", ["queued_at"], sqlite_where=PENDING, postgresql_where=PENDING)
