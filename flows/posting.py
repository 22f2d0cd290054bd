"""What a delivery works with: the channels of the settings and the words of the messages."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from random import Random

from engine.refusal import Refused
from flows.composition import now
from flows.wording import renderer_of
from models.keys import Keyring
from models.session import Database
from notifications.channels import Channel, make_channels, names_of
from notifications.channels.addresses import check
from notifications.channels.destination import Destination, destination_of
from notifications.channels.outside import own_hosts
from onboarding.outages import Operations
from onboarding.post import Post
from settings import Settings


def post_of(settings: Settings, database: Database) -> Post:
    """Raises `Refused` when a channel's setting, a template of the municipality's or a pathway cannot be used; so when
    such a template names a candidate in the database. Where operations cannot be told (`operations_of`) everybody else
    is.
    """
    channels, operations = channels_of(settings), None
    with suppress(Refused):
        operations = operations_of(settings, channels)
    return Post(
        channels=channels,
        destinations=destinations_of(settings),
        renderer=renderer_of(settings.templates_dir, database),
        public_url=settings.public_url,
        clock=now,
        random=Random(),  # noqa: S311  it spreads retries, it guards nothing
        open_address=lambda sealed, contact_id: Keyring.read(settings.key_file).open(sealed, contact_id),
        most_an_hour=settings.most_an_hour,
        operations=operations,
    )


def channels_of(settings: Settings) -> Mapping[str, Channel]:
    """Raises `Refused` when one of the settings cannot be used."""
    return make_channels(
        settings.mail_url,
        settings.outbox_dir,
        sms_url=settings.sms_url,
        webhook_secret=_webhook_secret(settings),
        own_hosts=settings.own_hosts,
    )


def destinations_of(settings: Settings) -> Mapping[str, Destination]:
    """The names of these channels, also where one of them could not be made; and how far each goes."""
    ways = names_of(sms_url=settings.sms_url, webhook_secret=_webhook_secret(settings))
    return {way: destination_of(settings.mail_url, way) for way in ways}


def _webhook_secret(settings: Settings) -> str | None:
    return settings.webhook_secret.get_secret_value() if settings.webhook_secret else None


def checked(settings: Settings, channel: str, said: str) -> str:
    """An address that somebody typed, as it is kept. Raises `Refused`, as `notifications.channels.addresses.check`."""
    return check(channel, said, own_hosts(settings.own_hosts))


def operations_of(settings: Settings, channels: Mapping[str, Channel]) -> Operations | None:
    """None where SOSU_OPERATIONS names nobody. Raises `Refused` when it cannot be used; no address is in the words."""
    said = settings.operations
    if not (said and said.strip()):
        return None
    way, _, address = said.strip().partition(" ")
    if way not in channels:
        raise Refused(
            f"SOSU_OPERATIONS skal begynde med en kanal, der er sat op ({', '.join(channels)}), og derefter adressen: "
            "»mail drift@kommune.dk«."
        )
    try:
        return Operations(way, channels[way], checked(settings, way, address))
    except Refused as refused:
        raise Refused(f"Adressen i SOSU_OPERATIONS duer ikke. {' '.join(refused.reasons)}") from None


def operations_problem(settings: Settings) -> str | None:
    """Why operations would not hear of an outage, in words with the remedy; None where they would, or nobody is to."""
    try:
        operations_of(settings, channels_of(settings))
    except Refused as refused:
        return " ".join(refused.reasons)
    return None
