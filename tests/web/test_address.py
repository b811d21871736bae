"""Whom a limit counts: one address, or one household's network of them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.requests import Request

from bot.web.address import client_address


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        (None, "local"),
    ],
)
def test_it_counts_an_address_or_its_network(host: str | None, key: str) -> None:
    scope: dict[str, Any] = {"type": "http", "headers": [], "client": (host, 1) if host else None}
    assert client_address(Request(scope)) == key
