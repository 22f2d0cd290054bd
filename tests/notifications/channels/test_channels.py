from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from engine.refusal import Refused
from notifications.channels import make_channel, make_channels, names_of
from tests.notifications.channels.envelopes import envelope
from tests.notifications.channels.fakes import PowerAutomate, Receiver


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


@pytest.mark.parametrize("make", ["c.make_channel", "c.make_channels"])
def test_apprise_is_not_loaded_when_nobody_mails(make: str) -> None:
    program = f"import sys; from pathlib import Path; import notifications.channels as c; {make}(None, Path('x'))"
    program += "; sys.exit('apprise' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_there_are_as_many_channels_as_the_settings_give(tmp_path: Path) -> None:
    fewest = make_channels(None, tmp_path, sms_url=" ", webhook_secret="")
    assert {key: channel.name for key, channel in fewest.items()} == {"mail": "eml", "teams": "teams", "ntfy": "ntfy"}
    assert names_of(sms_url=" ", webhook_secret="") == tuple(fewest)
    all_of_them = make_channels(
        "mailto://127.0.0.1:2525?from=sosu@example.org&mode=insecure",
        tmp_path,
        sms_url="gatewayapi://token@SOSU",
        webhook_secret=Receiver.secret(),
        own_hosts="ntfy.kommune.dk",
    )
    assert list(all_of_them) == [channel.name for channel in all_of_them.values()]
    assert list(all_of_them) == ["mail", "sms", "teams", "ntfy", "webhook"]
    assert names_of(sms_url="gatewayapi://token@SOSU", webhook_secret=Receiver.secret()) == tuple(all_of_them)


@pytest.mark.parametrize(
    ("wrong", "setting"),
    [
        ({"sms_url": "telnet://127.0.0.1"}, "SOSU_SMS_URL"),
        ({"webhook_secret": "hemmelig"}, "SOSU_WEBHOOK_SECRET"),
        ({"own_hosts": "https://x"}, "SOSU_OWN_HOSTS"),
    ],
)
def test_it_is_refused_when_a_setting_is_wrong(tmp_path: Path, wrong: dict[str, str], setting: str) -> None:
    with pytest.raises(Refused, match=f"^{setting} "):
        make_channels(None, tmp_path, **wrong)


@pytest.mark.parametrize(
    ("channel", "address"),
    [("teams", PowerAutomate.ADDRESS.replace(PowerAutomate.NAME, "127.0.0.1")), ("ntfy", "ntfys://127.0.0.1/emne"),
     ("ntfy", "ntfys://localhost/emne"), ("webhook", "https://169.254.169.254/latest"), ("webhook", "https://[::1]/")],
)  # fmt: skip
def test_nobody_inside_is_called_by_the_channels_of_the_settings(tmp_path: Path, channel: str, address: str) -> None:
    channels = make_channels(None, tmp_path, webhook_secret=Receiver.secret())
    answer = channels[channel].send(envelope(address))
    detail = "Modtagerens adresse fører til en maskine på et lukket netværk og bruges ikke."
    assert (answer.ok, answer.permanent, answer.detail) == (False, True, detail)


def test_our_own_machine_is_called_by_the_channels_of_the_settings_when_it_is_listed(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        own = f"localhost:{taken.getsockname()[1]}"
        channels = make_channels(None, tmp_path, own_hosts=own)
        answer = channels["ntfy"].send(envelope(f"ntfys://{own}/emne"))
    assert (answer.ok, answer.unreachable) == (False, True)


def test_an_envelope_is_refused_when_its_identifier_or_its_time_is_not_one() -> None:
    with pytest.raises(ValueError, match="not a Message-ID"):
        envelope(message_id="message-17")
    with pytest.raises(ValueError, match="not a Message-ID"):
        envelope(message_id="<å@sosu.example>")
    with pytest.raises(ValueError, match="not a Message-ID"):
        envelope(message_id="<a@b>\r\nBcc: <c@d>")
    with pytest.raises(ValueError, match="time zone"):
        replace(envelope(), sent_at=datetime(2027, 8, 12))  # noqa: DTZ001  # a time without a zone is the point


def test_a_message_has_one_key_and_no_other_when_it_is_asked_again() -> None:
    assert envelope().key == "message-17"
    assert envelope(message_id="<message-17@andetsteds.example>").key == "message-17"
    assert (
        envelope(message_id="<a.b@x>").key == envelope(message_id="<a.b@x>").key != envelope(message_id="<a.c@x>").key
    )


def test_nothing_personal_is_printed_when_an_envelope_is() -> None:
    assert "koordinator" not in repr(envelope())
    assert "forloeb" not in repr(envelope())
