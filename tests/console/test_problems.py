"""What went wrong is shown and can be tried again. The failures are put straight into the database."""

from __future__ import annotations

import sqlalchemy as sa

from bot.app import utc_now
from bot.store.database import Database
from bot.store.schema import jobs, messages, outbox
from tests.console.cast import Clinic, Visitor
from tests.console.words_said import HUMAN, STRANGE
from tests.support.patience import until


def fail_delivery(clinic: Clinic, visitor: Visitor) -> None:
    """As if the visitor's channel had refused the assistant's latest reply for good."""

    async def act(database: Database) -> None:
        async with database.write() as tx:
            mine = sa.select(messages).where(messages.c.conversation_id == visitor.id, messages.c.author == "assistant")
            reply = await tx.session.first(mine.order_by(messages.c.seq.desc()).limit(1))
            assert reply is not None
            now = utc_now()
            kept = {"id": f"d{visitor.id[:30]}", "message_id": reply["id"], "conversation_id": visitor.id}
            state = {"seq": reply["seq"], "channel": "none", "channel_ref": "1", "state": "failed", "attempts": 3}
            times = {"next_try_at": now, "queued_at": now, "finished_at": now}
            error = {"error": "The visitor blocked the bot.", "permanent": True}
            await tx.session.run(sa.insert(outbox).values(**kept, **state, **times, **error))

    clinic.inside(act)


def bury(clinic: Clinic, visitor: Visitor) -> bool:
    """As if every further try had failed too; says whether there was work to bury."""

    async def act(database: Database) -> int:
        dead = {"state": "dead", "attempts": 5, "error": "It was too strange.", "finished_at": utc_now()}
        async with database.write() as tx:
            tried = sa.and_(jobs.c.conversation_id == visitor.id, jobs.c.error != "")
            return await tx.session.run(sa.update(jobs).where(tried).values(dead))

    return clinic.inside(act) == 1


def test_a_reply_that_did_not_arrive_can_be_sent_again(clinic: Clinic) -> None:
    visitor, nia = clinic.visitor(), clinic.person("Nia")
    visitor.write(HUMAN)
    page = f"/console/handoffs/{clinic.handoff_of(visitor)}"
    fail_delivery(clinic, visitor)
    for place in (page, "/console/queue/problems"):
        shown = nia.get(place).text
        assert "The visitor blocked the bot." in shown
        assert "Send again" in shown
    assert 'class="number bad">' in shown
    action = f"/console/problems/deliveries/d{visitor.id[:30]}/again"
    assert "The visitor blocked the bot." not in nia.send(page, action).text


def test_a_message_that_could_not_be_worked_can_be_tried_again(clinic: Clinic) -> None:
    visitor, ravi = clinic.visitor(), clinic.person("Ravi")
    asked = visitor.send(STRANGE).json()["id"]
    until(lambda: bury(clinic, visitor))
    shown = ravi.get("/console/queue/problems").text
    assert "It was too strange." in shown
    assert STRANGE in shown
    again = ravi.send("/console/queue/waiting", f"/console/problems/messages/{asked}/again")
    assert again.url.path == "/console/queue/problems"
    assert STRANGE not in again.text
