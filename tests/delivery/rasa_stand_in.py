"""A Rasa REST server in a few lines, to be killed: answers every text with itself, marked as `actions/` would.

Now and then it gives no message at all, as Rasa does when its action server is gone.
"""

from __future__ import annotations

import json
import random
import sys

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route


async def answer(request: Request) -> JSONResponse:
    asked = json.loads(await request.body())
    if random.random() < float(sys.argv[2]):
        return JSONResponse([])
    text = f"re: {asked['message']}"
    mark = {"outcome": "answer", "topic": "what_is_it", "confidence": 0.9, "handoff": None}
    return JSONResponse([{"recipient_id": asked["sender"], "text": text, "custom": mark}])


if __name__ == "__main__":
    app = Starlette(routes=[Route("/webhooks/rest/webhook", answer, methods=["POST"])])
    uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
