"""Which machines may be called at an address that a member of staff typed: those that anybody could reach.

Our own network is full of machines that answer whoever is inside it, and a cloud's hold keys for whoever asks. A
web address that leads to one of them would make this program ask in somebody's name (SSRF).
"""

from __future__ import annotations

import re
import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from engine.refusal import Refused

HTTPS_PORT = 443

#: What the Internet gives to single machines. What stands for an IPv4 address inside IPv6, and could so lead to a
#: machine in here (IPv4-mapped, NAT64), lies outside of it, but for the ways through tunnels.
_SINGLE_MACHINES = IPv6Network("2000::/3")
_TUNNELS = IPv6Network("2002::/16"), IPv6Network("2001::/32")  # 6to4 and Teredo
#: What not every Python knows to be set aside, or what is there inside a cloud alone.
_SET_ASIDE = (
    IPv4Network("192.0.0.0/24"),  # for protocols; Oracle's machines are told of themselves at .192
    IPv4Network("192.88.99.0/24"),  # the way into 6to4
    IPv4Network("168.63.129.16/32"),  # Azure's machines are told of themselves there (WireServer)
)

_OWN_HOST = re.compile(r"(?P<host>[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?)(?::(?P<port>[1-9][0-9]{0,4}))?")


def is_outside(address: IPv4Address | IPv6Address) -> bool:
    """Whether this is a machine on the Internet: no private, loopback, link-local, shared or reserved address."""
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _SET_ASIDE)
    return address in _SINGLE_MACHINES and not any(address in tunnel for tunnel in _TUNNELS)


def names_inside(host: str) -> bool:
    """Whether a name, before anybody looked it up, says by itself that it leads to a machine in here: it is that
    machine's address, in any of the ways that systems read (`127.1`, `0x7f000001`, `2130706433`), or this machine.
    """
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return not is_outside(ip_address(name))
    except ValueError:
        pass
    try:
        return not is_outside(IPv4Address(socket.inet_aton(name)))
    except (OSError, ValueError):
        return False


def own_hosts(said: str) -> frozenset[tuple[str, int]]:
    """The machines, name and port, that may be called wherever they are: `ntfy.kommune.dk, hook.kommune.dk:8443`.

    Raises `Refused` for what is no name of a machine.
    """
    return frozenset(_own_host(one.strip().lower()) for one in said.split(",") if one.strip())


def _own_host(said: str) -> tuple[str, int]:
    found = _OWN_HOST.fullmatch(said)
    if found is None:
        raise Refused(
            "SOSU_OWN_HOSTS skal være navne på maskiner med komma imellem, uden https:// foran: "
            "ntfy.kommune.dk, hook.kommune.dk:8443."
        )
    return found["host"], int(found["port"] or HTTPS_PORT)
