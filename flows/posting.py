"""What a delivery works with: the channel of the settings and the tracks' templates."""

from __future__ import annotations

from random import Random

from flows.composition import now
from flows.loading import tracks
from notifications.channels import make_channel
from notifications.channels.reach import reach_of
from notifications.render import Renderer
from onboarding.deliver import Post
from settings import Settings


def post_of(settings: Settings) -> Post:
    """Raises `Refused` when SOSU_MAIL_URL cannot be used, or a pathway cannot be built."""
    return Post(
        channel=make_channel(settings.mail_url, settings.outbox_dir),
        reach=reach_of(settings.mail_url),
        renderer=Renderer(tracks={track.pathway.key: track.templates for track in tracks()}),
        public_url=settings.public_url,
        clock=now,
        random=Random(),  # noqa: S311  it spreads retries, it guards nothing
    )
