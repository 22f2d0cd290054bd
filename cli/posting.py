"""What a delivery from the command line works with, and where its messages end."""

from __future__ import annotations

from cli.desk import Desk
from flows.posting import post_of
from onboarding.post import Post


def post_for(desk: Desk) -> Post:
    """Raises `Refused` when SOSU_MAIL_URL cannot be used."""
    return post_of(desk.settings)


def where_messages_go(desk: Desk) -> dict[str, str]:
    """The folder of the `.eml` files; nothing when a mail server is set."""
    return {} if desk.settings.mail_url else {"outbox": str(desk.settings.outbox_dir)}
