"""By which way a message reaches a person: one channel, one recipient, one answer."""

from __future__ import annotations

from pathlib import Path

from notifications.channels.eml import EmlFolder
from notifications.channels.envelope import Answer, Channel, Envelope

__all__ = ["Answer", "Channel", "Envelope", "make_channel"]


def make_channel(mail_url: str | None, outbox_dir: Path) -> Channel:
    """Mail by the Apprise address, or files in a folder when there is none.

    Raises `engine.refusal.Refused` when the address cannot be used.
    """
    if not (mail_url and mail_url.strip()):
        return EmlFolder(outbox_dir)
    from notifications.channels.apprise_mail import AppriseMail  # Apprise takes long to import: only who mails waits

    return AppriseMail(mail_url)
