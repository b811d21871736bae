"""Every setting of the bot, read from `BOT_*` environment variables; a bad value is refused by name.

A secret may instead stand in a file: `BOT_TELEGRAM_TOKEN_FILE=/run/secrets/token` reads `BOT_TELEGRAM_TOKEN`.
Each setting is described in `docs/settings.md`; a test holds that none is missing there.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import SetupError
from bot.settings_source import SecretFiles, refusal

Port = Annotated[int, Field(ge=0, le=65535)]
Addresses = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """The settings, complete and checked. `Field(description=...)` is how to mend a bad value."""

    model_config = SettingsConfigDict(env_prefix="BOT_", env_ignore_empty=True, frozen=True, extra="ignore")

    host: str = Field(
        "127.0.0.1", min_length=1, description="Give the address to listen on, e.g. 127.0.0.1 or 0.0.0.0."
    )
    port: Port = Field(8000, description="Give a port number from 0 to 65535, e.g. 8000 (0: any free one).")
    public_url: str = Field(
        "", validate_default=True, description="Give the address visitors see, e.g. https://chat.clinic.example."
    )
    allowed_origins: Addresses = Field(
        (), description="Give the sites that embed the widget, separated by commas, e.g. https://www.clinic.example."
    )
    trusted_proxies: Addresses = Field(
        (), description="Give the proxies' addresses or networks, separated by commas, e.g. 10.0.0.2,172.16.0.0/12."
    )

    data_dir: Path = Field(
        Path("var"), description="Give a folder that the bot may write to; it is made where missing."
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        validate_default=True,
        description="Give sqlite+aiosqlite:///FILE or postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
    )
    content_dir: Path = Field(
        Path(__file__).resolve().parent.parent / "data",
        description="Give the folder that holds clinic.yml, answers.yml and the other content files.",
    )

    rasa_url: str = Field("", description="Give the address of a running Rasa, e.g. http://127.0.0.1:5005.")
    rasa_port: Port = Field(5005, description="Give a port number from 0 to 65535, e.g. 5005.")
    action_port: Port = Field(5055, description="Give a port number from 0 to 65535, e.g. 5055.")
    rasa_timeout: float = Field(5.0, gt=0, le=60, description="Give seconds, more than 0 and at most 60, e.g. 5.")

    telegram_token: SecretStr | None = Field(
        None, description="Give the token that BotFather showed, e.g. 123456:ABC-def."
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org", description="Give the Bot API server's address without the /bot part."
    )
    telegram_mode: Literal["polling", "webhook"] = Field(
        "polling", description="Give polling, or webhook with a BOT_PUBLIC_URL that Telegram can reach over https."
    )
    telegram_staff_group: int | None = Field(
        None, lt=0, description="Give the group's number, e.g. -1001234567890; /id in the group tells it."
    )
    telegram_staff: Addresses = Field(
        (),
        description="Give e-mail addresses of staff with their Telegram numbers, separated by commas, "
        "e.g. nia@clinic.example=123456789; /id in the staff's group tells the number.",
    )
    telegram_remind_minutes: float = Field(5.0, ge=0.1, le=1440, description="Give minutes, from 0.1 to 1440, e.g. 5.")

    limit_conversation: int = Field(30, ge=1, description="Give messages a minute in one conversation, 1 or more.")
    limit_address: int = Field(300, ge=1, description="Give messages a minute from one address, 1 or more.")
    limit_total: int = Field(3000, ge=1, description="Give messages a minute from everyone together, 1 or more.")
    limit_starts: int = Field(120, ge=1, description="Give new conversations a minute from one address, 1 or more.")
    limit_starts_total: int = Field(
        12_000, ge=1, description="Give new conversations a minute from everyone together, 1 or more."
    )
    limit_streams: int = Field(100, ge=1, description="Give open live connections from one address, 1 or more.")
    max_body_bytes: int = Field(65536, ge=16384, description="Give the largest request in bytes, 16384 or more.")

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Give one of debug, info, warning, error."
    )
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="Give one of auto (console on a terminal, else json), console, json."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings  # ours knows `<NAME>_FILE`
        return (init_settings, env_settings, SecretFiles(settings_cls))

    @field_validator("allowed_origins", "trusted_proxies", "telegram_staff", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("log_level", "log_format", "telegram_mode", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("allowed_origins")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for origin in value:
            parts = _web_address(origin.rstrip("/"))
            if parts.path or parts.query or parts.fragment:
                raise ValueError(f"{origin} has more than scheme, host and port")
        return tuple(origin.rstrip("/").lower() for origin in value)

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for address in value:
            ip_network(address)
        return value

    @field_validator("telegram_staff")
    @classmethod
    def _numbers(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for entry in value:
            email, _, number = entry.partition("=")
            if "@" not in email or not number.strip().isdecimal():
                raise ValueError(f"{entry} is not an e-mail address, = and a number")
        return value

    @field_validator("public_url", "rasa_url", "telegram_api_url")
    @classmethod
    def _address(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.field_name == "public_url":
            return f"http://127.0.0.1:{info.data.get('port', 8000)}"
        if value:
            _web_address(value)
        return value.rstrip("/")

    @field_validator("data_dir")
    @classmethod
    def _folder(cls, value: Path) -> Path:
        if value.exists() and not value.is_dir():
            raise ValueError(f"{value} is a file, not a folder")
        return value.expanduser().absolute()

    @field_validator("content_dir")
    @classmethod
    def _content(cls, value: Path) -> Path:
        if not value.is_dir():
            raise ValueError(f"{value} is no folder")
        return value.expanduser().absolute()

    @field_validator("database_url")
    @classmethod
    def _database(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        url = value.get_secret_value()
        if not url:
            return SecretStr(f"sqlite+aiosqlite:///{info.data.get('data_dir', Path('var')) / 'handrail.db'}")
        if not url.startswith(("sqlite+aiosqlite:///", "postgresql+psycopg://")):
            raise ValueError("it starts with neither sqlite+aiosqlite:/// nor postgresql+psycopg://")
        return value

    @property
    def rasa_address(self) -> str:
        """Where Rasa answers: `BOT_RASA_URL`, or the one started beside the bot."""
        return self.rasa_url or f"http://127.0.0.1:{self.rasa_port}"

    @property
    def is_https(self) -> bool:
        """Whether visitors reach the bot over https (then cookies are Secure)."""
        return self.public_url.startswith("https://")

    @property
    def is_local(self) -> bool:
        """Whether nobody but this machine can open `public_url`."""
        host = urlsplit(self.public_url).hostname or ""
        try:
            address = ip_address(host)
        except ValueError:
            return host == "localhost" or host.endswith(".localhost")
        return address.is_loopback or address.is_unspecified

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Read the environment; `overrides` (field names) win.

        Raises:
            SetupError: naming each bad setting, what is wrong with it and how to mend it.
        """
        try:
            return cls(**overrides)
        except ValidationError as error:
            raise SetupError(refusal(cls, error)) from None


def unknown_settings(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Return the names of `BOT_*` variables that are no setting: probably misspelt."""
    known = {f"BOT_{name}".upper() for name in Settings.model_fields}
    return sorted(name for name in environment if name.startswith("BOT_") and name.removesuffix("_FILE") not in known)


def _web_address(value: str) -> Any:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{value} is no http:// or https:// address")
    _ = parts.port  # raises ValueError for an impossible port
    return parts
