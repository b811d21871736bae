"""Whom a rate limit counts."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

from starlette.requests import HTTPConnection


def client_address(request: HTTPConnection) -> str:
    """Return the key that limits count by: an IPv4 address, or the /64 network of an IPv6 one (one household).

    Proxies are already accounted for (`BOT_TRUSTED_PROXIES`). A socket without an address counts as "local".
    """
    if request.client is None:
        return "local"
    try:
        address = ip_address(request.client.host)
    except ValueError:
        return request.client.host
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return f"{IPv6Address(int(address) >> 64 << 64)}/64"
    return str(address)
