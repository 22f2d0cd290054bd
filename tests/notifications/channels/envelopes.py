"""Envelopes to test channels with."""

from __future__ import annotations

from datetime import UTC, datetime

from notifications.channels import Envelope
from tests.notifications.messages import BECAUSE, FULL, renderer

RENDERED = renderer().render("ped_assistant_track", "start_wage_subsidy", FULL, BECAUSE)
LINK = "https://sosu.example.org/forloeb/IM-0042"


def envelope(recipient: str = "koordinator.syd@example.org", message_id: str = "<message-17@sosu.example>") -> Envelope:
    return Envelope(
        message_id=message_id,
        recipient=recipient,
        subject=f"{RENDERED.subject} – æøå",
        text=RENDERED.text,
        html=RENDERED.html,
        sent_at=datetime(2027, 8, 12, 9, 30, tzinfo=UTC),
        link=LINK,
    )
