"""How far messages go by each channel."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import ip_address

from models.message import MAIL


class Destination(StrEnum):
    FOLDER = "folder"  # files, which nobody is sent
    WORLD = "world"  # a mail server on this machine too: most of them pass mail on


def destination_of(mail_url: str | None, channel: str) -> Destination:
    """How far a channel goes, by its name in `make_channels`. Only mail can go to a folder, where it has no address."""
    to_folder = channel == MAIL and not (mail_url and mail_url.strip())
    return Destination.FOLDER if to_folder else Destination.WORLD


def is_here(host: str) -> bool:
    """Whether this name of a machine is this machine's, and not by what somebody else says of it."""
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
