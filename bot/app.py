"""Joins the parts of the bot into one app. Nothing else does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

import structlog
from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from bot import health
from bot.approved import Approved
from bot.channels.telegram.channel import TelegramChannel, TelegramSettings
from bot.channels.telegram.texts import TelegramTexts
from bot.channels.website import routes as website
from bot.channels.website.parts import Website
from bot.channels.website.streams import Streams
from bot.console.routes import build_console
from bot.conversation.limits import Limits
from bot.conversation.ports import Clock, Understander
from bot.metrics import Measured, Metrics
from bot.rasa_client import RasaClient
from bot.service import Service, build
from bot.settings import Settings
from bot.store.database import open_database
from bot.store.staff import StaffSql
from bot.store.telegram import TelegramStore
from bot.web import errors
from bot.web.middleware import BodyLimit, OtherSites, RequestLog, SecurityHeaders
from content.encoder import shared_encoder

log = structlog.get_logger()


def utc_now() -> datetime:
    """Return now, in UTC."""
    return datetime.now(UTC)


def create_app(settings: Settings, understander: Understander | None = None, clock: Clock = utc_now) -> FastAPI:
    """Return the whole bot; it opens the database and starts working when the server starts.

    `understander` stands in for Rasa in tests; without one, Rasa is asked at the address of the settings.

    Raises:
        SetupError: a content file or the database address is wrong.
    """
    approved, metrics = Approved.load(settings.content_dir, offers_website=not settings.is_local), Metrics()
    rasa = RasaClient(settings.rasa_address, settings.rasa_timeout, vector_of=shared_encoder().packed)
    measured = Measured(understander or rasa, approved, metrics)
    limits = Limits(
        settings.limit_conversation,
        settings.limit_address,
        settings.limit_total,
        settings.limit_starts,
        settings.limit_starts_total,
    )
    database = open_database(settings.database_url.get_secret_value())
    service = build(database, measured, measured, approved, clock, limits=limits)

    telegram = _telegram(settings, TelegramStore(database), service, approved, clock)
    probes = {"database": database.check}
    if understander is None:
        probes["rasa"] = rasa.health

    app = FastAPI(
        title="Handrail",
        version="1",
        docs_url=None,
        redoc_url=None,
        description="The widget's API.",
        lifespan=_lifespan(service, rasa, telegram),
    )
    app.state.website = Website(service.conversations, approved, Streams(settings.limit_streams))
    if telegram is not None:
        probes["telegram"] = telegram.probe
        app.include_router(telegram.router)
    app.include_router(health.build_router(probes, metrics, service.counts))
    website.install(app)
    staff, profile = StaffSql(database), approved.profile
    app.mount(
        "/console", build_console(service.handoffs, service.conversations, staff, profile, settings.public_url, clock)
    )
    errors.install(app)
    _wrap(app, settings)
    return app


def _telegram(
    settings: Settings, store: TelegramStore, service: Service, approved: Approved, clock: Clock
) -> TelegramChannel | None:
    """Return the Telegram channel, sending through the outbox; None without a token. Raises SetupError."""
    if settings.telegram_token is None:
        log.info("telegram is off", why="BOT_TELEGRAM_TOKEN is not set")
        return None
    given = TelegramSettings.of(settings)
    texts = TelegramTexts(approved.profile, approved.telegram, given.offers_website)
    channel = TelegramChannel(given, store, service.conversations, service.handoffs, texts, clock)
    service.outbox.add_sender(channel.sender)
    return channel


def _lifespan(
    service: Service, rasa: RasaClient, telegram: TelegramChannel | None
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await service.start()
        if telegram is not None:
            await telegram.start()
        try:
            yield
        finally:
            if telegram is not None:
                await telegram.stop()
            await service.stop()
            await rasa.close()
            if telegram is not None:
                await telegram.close()

    return lifespan


def _wrap(app: FastAPI, settings: Settings) -> None:
    """Add the middleware, innermost first."""
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes)
    app.add_middleware(OtherSites, origins=settings.allowed_origins, public_url=settings.public_url)
    app.add_middleware(RequestLog)
    app.add_middleware(SecurityHeaders, https=settings.is_https)
    if settings.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
