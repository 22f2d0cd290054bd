"""A channel that is made when somebody sends by it: Apprise takes long to import, and only who needs it waits."""

from __future__ import annotations

from collections.abc import Callable

from notifications.channels.envelope import Answer, Channel, Envelope


class Lazily:
    def __init__(self, name: str, make: Callable[[], Channel]) -> None:
        self.name, self._make = name, make
        self._made: Channel | None = None

    def send(self, envelope: Envelope) -> Answer:
        if self._made is None:
            self._made = self._make()
        return self._made.send(envelope)
