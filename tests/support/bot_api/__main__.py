"""`python -m tests.support.bot_api --port N`: the strict server on its own, with a control API to play the visitors.

POST /control/write  {"user": 1, "text": "..."}          a visitor writes
POST /control/tap    {"user": 1, "label": "..."}         a visitor presses a button
GET  /control/shown?chat=1                               what the bot has sent there
GET  /control/refused                                    every call that broke a rule
"""

from __future__ import annotations

import argparse
import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.support.bot_api.server import BotApi, serve
from tests.support.bot_api.world import TOKEN, World


def control(api: BotApi) -> list[Route]:
    """Return the routes of the control API."""

    async def write(request: Request) -> JSONResponse:
        body = await request.json()
        return JSONResponse({"update_id": await api.visitors.write(int(body["user"]), str(body["text"]))})

    async def tap(request: Request) -> JSONResponse:
        body = await request.json()
        try:
            return JSONResponse({"update_id": await api.visitors.tap(int(body["user"]), str(body["label"]))})
        except LookupError as error:
            return JSONResponse({"error": str(error)}, status_code=404)

    async def shown(request: Request) -> JSONResponse:
        return JSONResponse(api.visitors.shown(int(request.query_params["chat"])))

    async def refused(request: Request) -> JSONResponse:
        return JSONResponse(api.refusals())

    return [
        Route("/control/write", write, methods=["POST"]),
        Route("/control/tap", tap, methods=["POST"]),
        Route("/control/shown", shown),
        Route("/control/refused", refused),
    ]


async def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.support.bot_api")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--token", default=TOKEN)
    arguments = parser.parse_args()
    async with serve(World(arguments.token), arguments.port, control) as api:
        print(f"BOT_TELEGRAM_API_URL={api.url} BOT_TELEGRAM_TOKEN={arguments.token}", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
