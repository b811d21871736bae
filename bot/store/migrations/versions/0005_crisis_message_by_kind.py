"""Keep which kind of danger the last crisis message spoke of: another kind calls for its own whole message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("crisis_kind", sa.String(40), nullable=False, server_default=""))
