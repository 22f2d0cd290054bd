from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from engine.refusal import Refused
from notifications.channels import make_channel
from tests.notifications.channels.envelopes import envelope


@pytest.mark.parametrize("unset", [None, "", "  "])
def test_messages_become_files_when_no_mail_address_is_set(tmp_path: Path, unset: str | None) -> None:
    channel = make_channel(unset, tmp_path)
    assert channel.name == "eml"
    assert channel.send(envelope()).ok
    assert len(list(tmp_path.glob("*.eml"))) == 1


def test_messages_become_mail_when_an_address_is_set(tmp_path: Path) -> None:
    assert make_channel("mailto://127.0.0.1:2525?from=sosu@example.org&mode=insecure", tmp_path).name == "mail"


def test_it_is_refused_when_the_mail_address_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(Refused):
        make_channel("telnet://127.0.0.1", tmp_path)


def test_apprise_is_not_loaded_when_nobody_mails() -> None:
    program = (
        "import sys; from pathlib import Path; import notifications.channels as c; c.make_channel(None, Path('x'))"
    )
    program += "; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_an_envelope_is_refused_when_its_identifier_or_its_time_is_not_one() -> None:
    with pytest.raises(ValueError, match="not a Message-ID"):
        envelope(message_id="message-17")
    with pytest.raises(ValueError, match="not a Message-ID"):
        envelope(message_id="<å@sosu.example>")
    with pytest.raises(ValueError, match="not a Message-ID"):
        envelope(message_id="<a@b>\r\nBcc: <c@d>")
    with pytest.raises(ValueError, match="time zone"):
        replace(envelope(), sent_at=datetime(2027, 8, 12))  # noqa: DTZ001  # a time without a zone is the point
