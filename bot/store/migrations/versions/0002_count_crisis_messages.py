"""Count the crisis messages shown in a row, so that none is repeated word for word."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("crisis_told", sa.Integer(), nullable=False, server_default="0"))
