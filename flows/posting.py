"""What a delivery works with: the channels of the settings and the words of the messages."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from engine.refusal import Refused
from flows.composition import now
from flows.wording import renderer_of
from models.keys import Keyring
from notifications.channels import Channel, make_channels, names_of
from notifications.channels.addresses import check
from notifications.channels.destination import Destination, destination_of
from onboarding.outages import Operations
from onboarding.post import Post
from settings import Settings


def post_of(settings: Settings) -> Post:
    """Raises `Refused` when a channel's setting, a template of the municipality's or a pathway cannot be used."""
    channels = channels_of(settings)
    return Post(
        channels=channels,
        destinations={way: destination_of(settings.mail_url, way) for way in channels},
        renderer=renderer_of(settings.templates_dir),
        public_url=settings.public_url,
        clock=now,
        random=Random(),  # noqa: S311  it spreads retries, it guards nothing
        open_address=lambda sealed, contact_id: Keyring.read(settings.key_file).open(sealed, contact_id),
        most_an_hour=settings.most_an_hour,
        operations=_operations(settings.operations, channels),
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


def ways_of(settings: Settings) -> tuple[str, ...]:
    """The names of these channels, also where one of them could not be made."""
    return names_of(sms_url=settings.sms_url, webhook_secret=_webhook_secret(settings))


def _webhook_secret(settings: Settings) -> str | None:
    return settings.webhook_secret.get_secret_value() if settings.webhook_secret else None


def farthest(settings: Settings) -> Destination:
    """How far messages go by what the settings name: by mail, text message or webhook."""
    beside = settings.sms_url or settings.webhook_secret
    return Destination.WORLD if beside else destination_of(settings.mail_url)


def _operations(said: str | None, channels: Mapping[str, Channel]) -> Operations | None:
    if not (said and said.strip()):
        return None
    way, _, address = said.strip().partition(" ")
    if way not in channels:
        raise Refused(
            f"SOSU_OPERATIONS skal begynde med en kanal, der er sat op ({', '.join(channels)}), og derefter adressen: "
            "»mail drift@kommune.dk«."
        )
    return Operations(way, channels[way], check(way, address))
