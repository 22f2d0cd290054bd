"""By which way a message reaches a person: one channel, one recipient, one answer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from notifications.channels.eml import EmlFolder
from notifications.channels.envelope import Answer, Channel, Envelope

if TYPE_CHECKING:
    from notifications.channels.https_post import Poster

__all__ = ["Answer", "Channel", "Envelope", "make_channel", "make_channels", "names_of"]

# Apprise takes long to import, and https some time: what needs them is imported by whoever sends by it, and only then.


def make_channels(
    mail_url: str | None,
    outbox_dir: Path,
    *,
    sms_url: str | None = None,
    webhook_secret: str | None = None,
    own_hosts: str = "",
) -> Mapping[str, Channel]:
    """The channels that the settings give, by the name under which people choose them.

    `mail` is the Apprise address, or files in a folder when there is none; `teams` and `ntfy` need no setting, `sms`
    and `webhook` are there when theirs is set. `own_hosts` may be called wherever they are. Raises
    `engine.refusal.Refused` when a setting cannot be used.
    """
    from notifications.channels.https_post import Poster
    from notifications.channels.lazily import Lazily
    from notifications.channels.outside import own_hosts as listed

    poster = Poster(listed(own_hosts))
    there = names_of(sms_url=sms_url, webhook_secret=webhook_secret)
    channels = {"mail": make_channel(mail_url, outbox_dir)}
    if sms_url and "sms" in there:
        from notifications.channels.sms import Sms

        channels["sms"] = Sms(sms_url)
    channels |= {"teams": Lazily("teams", partial(_teams, poster)), "ntfy": Lazily("ntfy", partial(_ntfy, poster))}
    if webhook_secret and "webhook" in there:
        from notifications.channels.webhook import Webhook

        channels["webhook"] = Webhook(webhook_secret, poster)
    return MappingProxyType(channels)


def _teams(poster: Poster) -> Channel:
    from notifications.channels.teams import Teams

    return Teams(poster)


def _ntfy(poster: Poster) -> Channel:
    from notifications.channels.ntfy import Ntfy

    return Ntfy(poster)


def names_of(*, sms_url: str | None, webhook_secret: str | None) -> tuple[str, ...]:
    """Which channels such settings give, without making them."""
    sms = ("sms",) if sms_url and sms_url.strip() else ()
    webhook = ("webhook",) if webhook_secret and webhook_secret.strip() else ()
    return ("mail", *sms, "teams", "ntfy", *webhook)


def make_channel(mail_url: str | None, outbox_dir: Path) -> Channel:
    """Mail by the Apprise address, or files in a folder when there is none.

    Raises `engine.refusal.Refused` when the address cannot be used.
    """
    if not (mail_url and mail_url.strip()):
        return EmlFolder(outbox_dir)
    from notifications.channels.apprise_mail import AppriseMail

    return AppriseMail(mail_url)
