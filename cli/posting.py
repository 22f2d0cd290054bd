"""What a delivery from the command line works with: the channel of the settings and the tracks' templates."""

from __future__ import annotations

from random import Random

from cli.desk import Desk, now
from flows.tracks import TRACKS
from notifications.channels import make_channel
from notifications.render import Renderer
from onboarding.deliver import Post


def post_for(desk: Desk) -> Post:
    """Raises `Refused` when SOSU_MAIL_URL cannot be used."""
    return Post(
        channel=make_channel(desk.settings.mail_url, desk.settings.outbox_dir),
        renderer=Renderer(tracks={track.pathway.key: track.templates for track in TRACKS}),
        public_url=desk.settings.public_url,
        clock=now,
        random=Random(),  # noqa: S311  it spreads retries, it guards nothing
    )


def where_messages_go(desk: Desk) -> dict[str, str]:
    """The folder of the `.eml` files; nothing when a mail server is set."""
    return {} if desk.settings.mail_url else {"outbox": str(desk.settings.outbox_dir)}
