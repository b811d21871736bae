"""The tables. A change here needs a migration in `migrations/versions`; a test holds that the two agree."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from bot.store.types import UtcDateTime

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)

OF_CONVERSATION = "conversations.id"

conversations = Table(
    "conversations",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("channel", String(32), nullable=False),
    Column("channel_ref", String(128)),
    Column("token_hash", String(64), nullable=False),
    Column("owner", String(16), nullable=False),
    Column("staff_id", String(32)),
    Column("next_seq", Integer, nullable=False),
    Column("clarified", Integer, nullable=False),
    Column("previous_topic", String(64), nullable=False),
    Column("language", String(16), nullable=False),
    Column("crisis_told_at", UtcDateTime),
    Column("crisis_told", Integer, nullable=False, server_default="0"),
    Column("crisis_kind", String(40), nullable=False, server_default=""),
    Column("lease_owner", String(64)),
    Column("lease_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_visitor_at", UtcDateTime),
)
Index(
    "uq_conversations_channel_channel_ref",
    conversations.c.channel,
    conversations.c.channel_ref,
    unique=True,
    sqlite_where=conversations.c.channel_ref.is_not(None),
    postgresql_where=conversations.c.channel_ref.is_not(None),
)

messages = Table(
    "messages",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", ForeignKey(OF_CONVERSATION, ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", String(16), nullable=False),
    Column("client_id", String(200)),
    Column("in_reply_to", String(32), unique=True),
    Column("text", Text, nullable=False),
    Column("buttons", Text, nullable=False),
    Column("outcome", String(16)),
    Column("topic", String(64), nullable=False),
    Column("attachment", String(64), nullable=False),
    Column("staff_name", String(200), nullable=False),
    Column("staff_role", String(200), nullable=False),
    Column("understanding", Text),
    Column("provenance", Text),
    Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("conversation_id", "seq"),
    # A visitor cannot take a member of staff's id, hence the author.
    sa.UniqueConstraint("conversation_id", "author", "client_id"),
)

# A job that was done is deleted: what came of it is the reply. What is left is pending or dead.
jobs = Table(
    "jobs",
    metadata,
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    Column("conversation_id", ForeignKey(OF_CONVERSATION, ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("error", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
)
Index("ix_jobs_conversation_id_seq", jobs.c.conversation_id, jobs.c.seq)
# In the order of claiming, so that a claim looks at the first few only, however much waits.
Index(
    "ix_jobs_pending",
    jobs.c.created_at,
    sqlite_where=jobs.c.state == "pending",
    postgresql_where=jobs.c.state == "pending",
)
Index("ix_jobs_dead", jobs.c.finished_at, sqlite_where=jobs.c.state == "dead", postgresql_where=jobs.c.state == "dead")

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("message_id", ForeignKey("messages.id", ondelete="CASCADE"), nullable=False, unique=True),
    Column("conversation_id", ForeignKey(OF_CONVERSATION, ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("channel", String(32), nullable=False),
    Column("channel_ref", String(128), nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_try_at", UtcDateTime, nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", UtcDateTime),
    Column("error", Text, nullable=False),
    Column("permanent", sa.Boolean, nullable=False),
    Column("queued_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
)
Index("ix_outbox_conversation_id_seq", outbox.c.conversation_id, outbox.c.seq)
Index(
    "ix_outbox_pending",
    outbox.c.queued_at,
    sqlite_where=outbox.c.state == "pending",
    postgresql_where=outbox.c.state == "pending",
)
Index(
    "ix_outbox_failed",
    outbox.c.finished_at,
    sqlite_where=outbox.c.state == "failed",
    postgresql_where=outbox.c.state == "failed",
)

staff = Table(
    "staff",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", String(200), nullable=False),
    Column("email", String(320), nullable=False, unique=True),
    Column("password_hash", Text),
    Column("totp_secret", Text),
    Column("telegram_user_id", sa.BigInteger, unique=True),
    Column("is_admin", sa.Boolean, nullable=False),
    Column("is_active", sa.Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("last_seen_at", UtcDateTime, nullable=False),
)

sign_in_links = Table(
    "sign_in_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("staff_id", ForeignKey("staff.id", ondelete="CASCADE")),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

handoffs = Table(
    "handoffs",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("conversation_id", ForeignKey(OF_CONVERSATION, ondelete="CASCADE"), nullable=False, index=True),
    Column("channel", String(32), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("reason", Text, nullable=False),
    Column("urgency", String(16), nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("entities", Text, nullable=False),
    Column("first_text", Text, nullable=False),
    Column("waiting_messages", Integer, nullable=False),
    Column("claimed_by", ForeignKey("staff.id", ondelete="SET NULL")),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("acknowledged_at", UtcDateTime),
    Column("closed_at", UtcDateTime),
    Column("note", Text, nullable=False),
)
Index(
    "uq_handoffs_open",
    handoffs.c.conversation_id,
    unique=True,
    sqlite_where=handoffs.c.state != "closed",
    postgresql_where=handoffs.c.state != "closed",
)

telegram_updates = Table(
    "telegram_updates",
    metadata,
    Column("update_id", sa.BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", sa.BigInteger, index=True),
    Column("received_at", UtcDateTime, nullable=False),
    Column("payload", sa.JSON, nullable=False),
    Column("state", String(16), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("error", Text, nullable=False),
)

telegram_state = Table(
    "telegram_state",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("staff_id", String(32)),
    Column("action", String(64), nullable=False),
    # No foreign key: who did what outlives a forgotten conversation, its words do not.
    Column("conversation_id", String(32)),
    Column("detail", Text, nullable=False),
)
# Every sign-in counts the failed ones of the last minutes.
Index("ix_audit_action_at", audit.c.action, audit.c.at)
