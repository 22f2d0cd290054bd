"""How far messages go by each channel."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import ip_address
from urllib.parse import parse_qs, urlsplit


class Destination(StrEnum):
    FOLDER = "folder"  # files, which nobody is sent
    MACHINE = "machine"  # a mail server on this machine: a test's, or one that passes mail on
    WORLD = "world"


def destination_of(mail_url: str | None, channel: str = "mail") -> Destination:
    """How far a channel goes, by its name in `make_channels`; all but mail lead into the world.

    `mail_url` is an Apprise mail address, or none for the folder. What cannot be understood may lead anywhere.
    """
    if channel != "mail":
        return Destination.WORLD
    if not (mail_url and mail_url.strip()):
        return Destination.FOLDER
    try:
        parts = urlsplit(mail_url.strip())
        hosts = [parts.hostname or "", *parse_qs(parts.query).get("smtp", ())]
    except ValueError:
        return Destination.WORLD
    return Destination.MACHINE if all(is_here(host) for host in hosts) else Destination.WORLD


def is_here(host: str) -> bool:
    """Whether this name of a machine is this machine's, and not by what somebody else says of it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
