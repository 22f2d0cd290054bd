"""What a delivery from the command line works with, and where its messages end."""

from __future__ import annotations

from cli.desk import Desk
from cli.output import warn
from flows.posting import operations_problem, post_of
from onboarding.post import Post


def post_for(desk: Desk) -> Post:
    """Raises `Refused` when SOSU_MAIL_URL cannot be used; that SOSU_OPERATIONS cannot be is said, and stops nothing."""
    post = post_of(desk.settings, desk.database)
    wrong = operations_problem(desk.settings)
    if wrong is not None:
        warn(f"Driften får ikke besked, hvis en kanal holder op med at virke. {wrong}")
    return post


def where_messages_go(desk: Desk) -> dict[str, str]:
    """The folder of the `.eml` files; nothing when a mail server is set."""
    return {} if desk.settings.mail_url else {"outbox": str(desk.settings.outbox_dir)}
