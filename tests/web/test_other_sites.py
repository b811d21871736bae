"""Which sites' pages may call the API, and the headers that keep pages safe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.support.serving import Running, serving, settings_for

CLINIC = "https://www.clinic.example"
STRANGER = "https://stranger.example"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("web")
    settings = settings_for(folder, allowed_origins=(CLINIC,), public_url="https://chat.clinic.example")
    with serving(settings) as app:
        yield app


@pytest.fixture
def http(running: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running.url) as client:
        yield client


def _preflight(http: httpx.Client, origin: str) -> httpx.Response:
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,last-event-id",
    }
    return http.options("/api/conversations", headers=headers)


def test_it_lets_an_allowed_site_call(http: httpx.Client) -> None:
    assert _preflight(http, CLINIC).status_code == 200
    started = http.post("/api/conversations", headers={"Origin": CLINIC})
    assert started.status_code == 201
    assert started.headers["access-control-allow-origin"] == CLINIC
    assert "access-control-allow-credentials" not in started.headers


@pytest.mark.parametrize(
    "origin", [STRANGER, "null", "https://www.clinic.example.evil.example", "http://www.clinic.example"]
)
def test_it_refuses_any_other_site(http: httpx.Client, origin: str) -> None:
    assert _preflight(http, origin).status_code == 400
    answer = http.post("/api/conversations", headers={"Origin": origin})
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "origin_not_allowed")
    read = http.get("/api/widget", headers={"Origin": origin})
    assert "access-control-allow-origin" not in read.headers


def test_it_lets_its_own_pages_call(http: httpx.Client, running: Running) -> None:
    for origin in (running.url, "https://chat.clinic.example"):
        assert http.post("/api/conversations", headers={"Origin": origin}).status_code == 201


def test_it_lets_any_site_load_the_widget_itself(http: httpx.Client) -> None:
    for address in ("/widget.js", "/widget/element.js", "/widget/widget.css"):
        assert http.get(address, headers={"Origin": STRANGER}).headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("address", ["/", "/api/widget", "/widget.js", "/nothing", "/healthz"])
def test_it_sends_the_headers_that_keep_pages_safe(http: httpx.Client, address: str) -> None:
    headers = http.get(address).headers
    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["strict-transport-security"].startswith("max-age=")
    assert headers["referrer-policy"]
    assert "server" not in headers or "uvicorn" not in headers["server"]


def test_it_keeps_conversations_out_of_every_cache(http: httpx.Client) -> None:
    assert http.post("/api/conversations", headers={"Origin": CLINIC}).headers["cache-control"] == "no-store"
