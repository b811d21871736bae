"""What visitors' browsers and the console ask of a replica, each a call of the real service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress
from typing import Any

from bot.conversation.model import Author, InboundMessage
from bot.service import Service
from tests.support.plain import NIA, RAVI

Order = dict[str, Any]
STAFF = {member.id: member for member in (NIA, RAVI)}


async def obey(service: Service, order: Order) -> Order:
    return await _ORDERS[order["do"]](service, order)


async def start(service: Service, order: Order) -> Order:
    return {"conversation": (await service.conversations.start(order["channel"], order["ref"])).id}


async def say(service: Service, order: Order) -> Order:
    inbound = InboundMessage(order["conversation"], order["client_id"], order["text"])
    return {"seq": (await service.conversations.accept(inbound)).seq}


async def read(service: Service, order: Order) -> Order:
    """Return the numbers after `after`, at most `wait` seconds after one of them is not the visitor's own."""
    with suppress(TimeoutError):
        async with asyncio.timeout(order["wait"]), aclosing(service.conversations.watch(order["conversation"])) as told:
            async for _ in told:
                messages = (await service.conversations.read(order["conversation"], order["after"])).messages
                if any(message.author is not Author.VISITOR for message in messages):
                    break
    messages = (await service.conversations.read(order["conversation"], order["after"])).messages
    return {"seqs": [message.seq for message in messages]}


async def queue(service: Service, order: Order) -> Order:
    handoffs = await service.handoffs.queue(limit=50)
    mine = [one for one in handoffs if one.claimed_by is None or one.claimed_by.id == order["staff"]]
    return {"handoffs": [[one.id, one.conversation_id] for one in mine]}


async def reply(service: Service, order: Order) -> Order:
    staff = STAFF[order["staff"]]
    return {"seq": (await service.handoffs.reply(order["handoff"], staff, order["client_id"], order["client_id"])).seq}


async def close(service: Service, order: Order) -> Order:
    await service.handoffs.close(order["handoff"], STAFF[order["staff"]])
    return {}


_ORDERS: dict[str, Callable[[Service, Order], Awaitable[Order]]] = {
    "start": start,
    "say": say,
    "read": read,
    "queue": queue,
    "reply": reply,
    "close": close,
}
