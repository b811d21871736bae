"""Settings: safe defaults, secrets from files, and refusals that name the setting and how to mend it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.settings import Settings, unknown_settings

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"BOT_{field}".upper(), raising=False)
        monkeypatch.delenv(f"BOT_{field}_FILE".upper(), raising=False)


def test_it_starts_without_any_setting() -> None:
    settings = Settings.load()
    assert (settings.host, settings.port, settings.public_url) == ("127.0.0.1", 8000, "http://127.0.0.1:8000")
    assert settings.rasa_address == "http://127.0.0.1:5005"
    assert settings.database_url.get_secret_value() == f"sqlite+aiosqlite:///{settings.data_dir}/handrail.db"


@pytest.mark.parametrize(
    ("address", "is_local"),
    [
        ("", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.2", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000", True),
        ("http://192.168.1.20:8000", False),
        ("https://chat.clinic.example", False),
    ],
)
def test_it_knows_an_address_that_only_this_machine_can_open(address: str, is_local: bool) -> None:
    assert Settings.load(public_url=address).is_local is is_local


def test_it_documents_every_setting_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(BOT_\w+)` \| (.+?) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    assert set(rows) == {f"BOT_{name}".upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if isinstance(field.default, int | float) or name in ("host", "telegram_api_url", "log_level", "log_format"):
            assert rows[f"BOT_{name}".upper()] == f"`{str(field.default).removesuffix('.0')}`"


def test_it_says_for_every_setting_how_to_mend_it() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("BOT_PORT", "eighty", "Give a port number"),
        ("BOT_PORT", "70000", "less than or equal to 65535"),
        ("BOT_PUBLIC_URL", "clinic.example", "no http:// or https:// address"),
        ("BOT_ALLOWED_ORIGINS", "https://clinic.example/page", "more than scheme, host and port"),
        ("BOT_ALLOWED_ORIGINS", "*", "no http:// or https:// address"),
        ("BOT_TRUSTED_PROXIES", "proxy.local", "Give the proxies' addresses"),
        ("BOT_DATA_DIR", __file__, "a file, not a folder"),
        ("BOT_CONTENT_DIR", "/nowhere/at/all", "is no folder"),
        ("BOT_RASA_URL", "localhost:5005", "no http:// or https:// address"),
        ("BOT_RASA_TIMEOUT", "0", "Give seconds"),
        ("BOT_LIMIT_ADDRESS", "0", "Give messages a minute"),
        ("BOT_MAX_BODY_BYTES", "10", "16384 or more"),
        ("BOT_LOG_LEVEL", "loud", "Give one of debug"),
        ("BOT_LOG_FORMAT", "xml", "Give one of auto"),
    ],
)
def test_it_refuses_a_bad_value_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SetupError) as refused:
        Settings.load()
    assert str(refused.value).startswith(f"{name} is wrong:")
    assert words in str(refused.value)


def test_it_names_every_bad_setting_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PORT", "x")
    monkeypatch.setenv("BOT_RASA_PORT", "y")
    with pytest.raises(SetupError, match=r"(?s)BOT_PORT is wrong.*\n.*BOT_RASA_PORT is wrong"):
        Settings.load()


def test_it_does_not_repeat_a_secret_in_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_DATABASE_URL", "mysql://root:hunter2@db/x")
    with pytest.raises(SetupError) as refused:
        Settings.load()
    assert "BOT_DATABASE_URL is wrong" in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_it_reads_a_secret_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("123456:ABC\n")
    monkeypatch.setenv("BOT_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    token = Settings.load().telegram_token
    assert token is not None
    assert token.get_secret_value() == "123456:ABC"
    assert "ABC" not in repr(Settings.load())


def test_it_checks_a_secret_from_a_file_like_any_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("oracle://x")
    monkeypatch.setenv("BOT_DATABASE_URL_FILE", str(tmp_path / "url"))
    with pytest.raises(SetupError, match="BOT_DATABASE_URL is wrong"):
        Settings.load()


@pytest.mark.parametrize("content", [None, "", "  \n"])
def test_it_refuses_a_secret_file_that_is_missing_or_empty(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    file = tmp_path / "token"
    if content is not None:
        file.write_text(content)
    monkeypatch.setenv("BOT_TELEGRAM_TOKEN_FILE", str(file))
    with pytest.raises(SetupError, match=r"BOT_TELEGRAM_TOKEN_FILE names .*token, which"):
        Settings.load()


def test_it_refuses_a_secret_given_twice(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a")
    monkeypatch.setenv("BOT_TELEGRAM_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("BOT_TELEGRAM_TOKEN", "b")
    with pytest.raises(SetupError, match="both set"):
        Settings.load()


def test_it_treats_an_empty_value_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_PORT", "")
    assert Settings.load().port == 8000


def test_it_reads_lists_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOT_ALLOWED_ORIGINS", "https://Clinic.example/, http://localhost:3000")
    monkeypatch.setenv("BOT_TRUSTED_PROXIES", "10.0.0.2, fd00::/8")
    settings = Settings.load()
    assert settings.allowed_origins == ("https://clinic.example", "http://localhost:3000")
    assert settings.trusted_proxies == ("10.0.0.2", "fd00::/8")


def test_it_names_settings_that_are_misspelt() -> None:
    environment = {"BOT_PROT": "1", "BOT_PORT": "1", "BOT_TELEGRAM_TOKEN_FILE": "x", "PATH": "/bin"}
    assert unknown_settings(environment) == ["BOT_PROT"]
