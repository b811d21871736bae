"""SQL of staff accounts, their sessions and sign-in links, and of what the audit trail says about signing in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.accounts.errors import FormRefused
from bot.accounts.ports import Account, Link, NewAccount, Session
from bot.errors import NotAllowed
from bot.handoff.model import StaffMember
from bot.store.database import Database
from bot.store.schema import audit, sign_in_links, staff, staff_sessions
from bot.store.session import Session as Connection


class StaffSql:
    """`bot.accounts.ports.StaffStore` over the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def accounts(self) -> Sequence[Account]:
        async with self._database.read() as tx:
            return [
                _account(row)
                for row in await tx.session.rows(sa.select(staff).order_by(staff.c.created_at, staff.c.id))
            ]

    async def account(self, staff_id: str) -> Account | None:
        return await self._one(staff.c.id == staff_id)

    async def account_by_email(self, email: str) -> Account | None:
        return await self._one(staff.c.email == email)

    async def add(self, account: NewAccount, now: datetime) -> StaffMember:
        async with self._database.write() as tx:
            return await _insert(tx.session, account, now)

    async def add_first(self, link_hash: str, account: NewAccount, now: datetime) -> StaffMember | None:
        async with self._database.write() as tx:
            anybody = await tx.session.first(sa.select(staff.c.id).limit(1))
            if anybody is not None or not await _use_link(tx.session, link_hash, now):
                return None
            return await _insert(tx.session, account, now)

    async def set_password(self, staff_id: str, password_hash: str | None) -> None:
        await self._set(staff_id, password_hash=password_hash)

    async def set_totp(self, staff_id: str, secret: str | None) -> None:
        await self._set(staff_id, totp_secret=secret)

    async def set_active(self, staff_id: str, active: bool) -> None:
        async with self._database.write() as tx:
            if not active:
                await _require_other_admin(tx.session, staff_id)
                await tx.session.run(sa.delete(staff_sessions).where(staff_sessions.c.staff_id == staff_id))
                await tx.session.run(sa.delete(sign_in_links).where(sign_in_links.c.staff_id == staff_id))
            await tx.session.run(sa.update(staff).where(staff.c.id == staff_id).values(is_active=active))

    async def end_sessions(self, staff_id: str, keep: str | None = None) -> None:
        others = sa.and_(staff_sessions.c.staff_id == staff_id, staff_sessions.c.token_hash != (keep or ""))
        await self._run(sa.delete(staff_sessions).where(others))

    async def add_link(self, token_hash: str, staff_id: str | None, expires_at: datetime) -> None:
        await self._run(
            sa.insert(sign_in_links).values(token_hash=token_hash, staff_id=staff_id, expires_at=expires_at)
        )

    async def link(self, token_hash: str, now: datetime) -> Link | None:
        usable = sa.and_(_usable(token_hash, now), sa.or_(sign_in_links.c.staff_id.is_(None), staff.c.is_active))
        query = sa.select(sign_in_links).outerjoin(staff, staff.c.id == sign_in_links.c.staff_id).where(usable)
        async with self._database.read() as tx:
            row = await tx.session.first(query)
        return Link(row["staff_id"], row["expires_at"]) if row else None

    async def use_link(self, token_hash: str, now: datetime) -> bool:
        async with self._database.write() as tx:
            return await _use_link(tx.session, token_hash, now)

    async def add_session(self, token_hash: str, staff_id: str, now: datetime, expires_at: datetime) -> None:
        new = {"token_hash": token_hash, "staff_id": staff_id, "created_at": now, "last_seen_at": now}
        async with self._database.write() as tx:
            await tx.session.run(sa.delete(staff_sessions).where(staff_sessions.c.expires_at <= now))
            await tx.session.run(sa.insert(staff_sessions).values(**new, expires_at=expires_at))

    async def session(self, token_hash: str, now: datetime) -> Session | None:
        lasting = sa.and_(
            staff_sessions.c.token_hash == token_hash, staff_sessions.c.expires_at > now, staff.c.is_active
        )
        times = (staff_sessions.c.last_seen_at, staff_sessions.c.expires_at)
        async with self._database.read() as tx:
            row = await tx.session.first(sa.select(staff, *times).join(staff_sessions).where(lasting))
        return Session(_member(row), row["last_seen_at"], row["expires_at"]) if row else None

    async def touch_session(self, token_hash: str, now: datetime, expires_at: datetime) -> None:
        mine = staff_sessions.c.token_hash == token_hash
        await self._run(sa.update(staff_sessions).where(mine).values(last_seen_at=now, expires_at=expires_at))

    async def end_session(self, token_hash: str) -> None:
        await self._run(sa.delete(staff_sessions).where(staff_sessions.c.token_hash == token_hash))

    async def record(self, at: datetime, staff_id: str | None, action: str, detail: str = "") -> None:
        async with self._database.write() as tx:
            await tx.audit.add(at, staff_id, action, None, detail)

    async def count(self, action: str, detail: str, since: datetime) -> int:
        same = sa.and_(audit.c.action == action, audit.c.detail == detail, audit.c.at >= since)
        async with self._database.read() as tx:
            return int(await tx.session.scalar(sa.select(sa.func.count()).select_from(audit).where(same)))

    async def _one(self, condition: sa.ColumnElement[bool]) -> Account | None:
        async with self._database.read() as tx:
            row = await tx.session.first(sa.select(staff).where(condition))
        return _account(row) if row else None

    async def _set(self, staff_id: str, **values: Any) -> None:
        await self._run(sa.update(staff).where(staff.c.id == staff_id).values(**values))

    async def _run(self, statement: sa.Executable) -> None:
        async with self._database.write() as tx:
            await tx.session.run(statement)


async def _insert(session: Connection, account: NewAccount, now: datetime) -> StaffMember:
    if await session.first(sa.select(staff.c.id).where(staff.c.email == account.email)) is not None:
        raise FormRefused(f"Somebody with the e-mail address {account.email} is here already.", "email")
    member = StaffMember(uuid.uuid4().hex, account.name, account.role, account.email, is_admin=account.is_admin)
    shared = {"id": member.id, "name": member.name, "role": member.role, "email": member.email}
    kept = {"password_hash": account.password_hash, "is_admin": member.is_admin, "is_active": True, "created_at": now}
    await session.run(sa.insert(staff).values(**shared, **kept))
    return member


async def _use_link(session: Connection, token_hash: str, now: datetime) -> bool:
    return await session.run(sa.update(sign_in_links).where(_usable(token_hash, now)).values(used_at=now)) == 1


def _usable(token_hash: str, now: datetime) -> sa.ColumnElement[bool]:
    links = sign_in_links.c
    return sa.and_(links.token_hash == token_hash, links.used_at.is_(None), links.expires_at > now)


async def _require_other_admin(session: Connection, staff_id: str) -> None:
    """Lock the administrators, so that two cannot switch each other off at the same moment."""
    admins = sa.select(staff.c.id).where(staff.c.is_admin, staff.c.is_active).with_for_update()
    if all(row["id"] == staff_id for row in await session.rows(admins)):
        raise NotAllowed("This is the only administrator. Make somebody else an administrator first.")


def _account(row: sa.RowMapping) -> Account:
    return Account(_member(row), row["password_hash"], row["totp_secret"])


def _member(row: sa.RowMapping) -> StaffMember:
    return StaffMember(row["id"], row["name"], row["role"], row["email"], row["is_admin"], row["is_active"])
