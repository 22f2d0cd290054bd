"""What a delivery works with: the channel of the settings and the words of the messages."""

from __future__ import annotations

from random import Random

from flows.composition import now
from flows.wording import renderer_of
from models.keys import Keyring
from models.message import MAIL
from notifications.channels import make_channel
from notifications.channels.destination import destination_of
from onboarding.post import Post
from settings import Settings


def post_of(settings: Settings) -> Post:
    """Raises `Refused` when SOSU_MAIL_URL, a template of the municipality's or a pathway cannot be used."""
    return Post(
        channels={MAIL: make_channel(settings.mail_url, settings.outbox_dir)},
        destinations={MAIL: destination_of(settings.mail_url)},
        renderer=renderer_of(settings.templates_dir),
        public_url=settings.public_url,
        clock=now,
        random=Random(),  # noqa: S311  it spreads retries, it guards nothing
        open_address=lambda sealed, contact_id: Keyring.read(settings.key_file).open(sealed, contact_id),
    )
