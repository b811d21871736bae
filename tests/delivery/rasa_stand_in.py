"""A Rasa REST server in a few lines, to be killed: answers every text with itself, marked as `actions/` would.

Now and then it is slow, breaks the connection off, fails, or gives no message at all, as Rasa does when its action
server is gone. Arguments: port, share of questions with each kind of trouble (0..1), tally file.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.delivery.tally import Tally

TROUBLES = ("slow", "dropped connection", "5xx", "no answer")


async def ready(_: Request) -> Response:
    return Response()


async def answer(request: Request) -> Response:
    asked = json.loads(await request.body())
    kind = int(random.random() / share) if share else len(TROUBLES)
    if kind < len(TROUBLES):
        tally.count(f"fault: Rasa, {TROUBLES[kind]}")
        if kind:
            return broken(TROUBLES[kind])
        await asyncio.sleep(random.uniform(0.1, 1.0))
    text = f"re: {asked['message']}"
    mark = {"outcome": "answer", "topic": "what_is_it", "confidence": 0.9, "handoff": None}
    return JSONResponse([{"recipient_id": asked["sender"], "text": text, "custom": mark}])


def broken(trouble: str) -> Response:
    if trouble == "dropped connection":
        # Less than was promised: the server closes the connection in the middle of the answer.
        return Response(b"[", headers={"Content-Length": "1000"}, media_type="application/json")
    return JSONResponse([], 500 if trouble == "5xx" else 200)


if __name__ == "__main__":
    share, tally = float(sys.argv[2]), Tally(Path(sys.argv[3]))
    routes = [Route("/", ready), Route("/webhooks/rest/webhook", answer, methods=["POST"])]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=int(sys.argv[1]), log_level="critical")
