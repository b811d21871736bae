"""Everything the website channel serves."""

from __future__ import annotations

from fastapi import FastAPI

from bot.channels.website import api, home, widget
from bot.web.static import STATIC, Files


def install(app: FastAPI) -> None:
    """Add the widget API, the widget's files and the demo page to `app`."""
    app.include_router(api.router)
    app.include_router(widget.router)
    app.include_router(home.router)
    app.mount("/widget", Files(widget.STATIC, widget.ANY_SITE), name="widget")
    app.mount("/static", Files(STATIC), name="static")
