"""Messages as files, where no mail server is set up: what would have been sent can be opened and read."""

from __future__ import annotations

import os
import re
import tempfile
from email.headerregistry import Address
from hashlib import sha256
from pathlib import Path

from models.files import sync_folder
from notifications.channels.envelope import Answer, Envelope
from notifications.channels.mime import BAD_RECIPIENT, BadAddress, as_mail

_SENDER = Address("SOSU-forløb", "sosu", "localhost")
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._-]{0,120}")


class EmlFolder:
    """Writes each message to `<its Message-ID>.eml` in a folder: a repeated one takes the place of the first."""

    name = "eml"

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, envelope: Envelope) -> Answer:
        """The file is there whole or not at all: it is written beside its place and then moved there."""
        try:
            content = as_mail(envelope, _SENDER)
        except BadAddress:
            return BAD_RECIPIENT
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            self._write(self._path / f"{_file_name(envelope.message_id)}.eml", content)
        except OSError as error:
            detail = f"Mappen til beskeder kan ikke skrives ({error.strerror or type(error).__name__})."
            return Answer(False, detail, unreachable=True)
        return Answer(True, "Skrevet som fil.")

    def _write(self, target: Path, content: bytes) -> None:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".tmp", dir=self._path)
        beside = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(target)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        sync_folder(self._path)


def _file_name(message_id: str) -> str:
    """The identifier itself where it is a harmless name, or else a digest of it."""
    name = message_id.strip("<>")
    return name if _PLAIN.fullmatch(name) else sha256(name.encode()).hexdigest()
