"""Where a webhook may connect to: public addresses, and those of the house that somebody configured."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from plant.errors import Unavailable

Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], list[str]]
_NAT64 = ip_network("64:ff9b::/96")
_COMPATIBLE = ip_network("::/96")


def resolve(host: str, port: int) -> list[str]:
    """Return every address of a name.

    Raises:
        Unavailable: the name cannot be resolved.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"{host} cannot be resolved") from error
    return list(dict.fromkeys(str(one[4][0]) for one in found))


def checked_addresses(
    host: str, port: int, *, internal: Iterable[Network] = (), resolver: Resolve = resolve
) -> list[str]:
    """Return the addresses to connect to. Whoever connects uses these, and asks for the name no second time.

    Raises:
        Unavailable: there is none, or one of them lies in the house and nobody configured that.
    """
    allowed = tuple(internal)
    found = resolver(host, port)
    for text in found:
        if not _may_reach(text, allowed):
            raise Unavailable(f"{host} leads to {text}, an address of the internal network; `internal` can allow it")
    if not found:
        raise Unavailable(f"{host} has no address")
    return found


def _may_reach(text: str, allowed: tuple[Network, ...]) -> bool:
    try:
        addresses = _meant(ip_address(text.partition("%")[0]))
    except ValueError:
        return False
    return all(_is_public(one) or any(one in network for network in allowed) for one in addresses)


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """Return an address and every IPv4 address that is written into it."""
    if isinstance(address, IPv4Address):
        return [address]
    inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or address in _COMPATIBLE:
        inner.append(IPv4Address(int(address) & 0xFFFFFFFF))
    within = [one for one in inner if one is not None]
    return [*within] if address.ipv4_mapped is not None else [address, *within]


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address) and address in _NAT64:
        return True  # what it means is looked at as well
    return address.is_global and not address.is_multicast and not address.is_reserved
