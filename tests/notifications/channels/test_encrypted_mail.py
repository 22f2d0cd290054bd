"""Mail that nobody on the way can read: when it is encrypted, and when it is not sent."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from engine.refusal import Refused
from notifications.channels.apprise_mail import AppriseMail
from tests.notifications.certificates import made_out_to
from tests.notifications.channels.envelopes import envelope
from tests.notifications.mail_server import MailServer, running


@pytest.fixture
def certificate(tmp_path: Path) -> ssl.SSLContext:
    """Made out to 127.0.0.1 by nobody in particular."""
    return made_out_to("127.0.0.1", tmp_path).server


def test_it_is_sent_encrypted_and_logged_in_when_the_address_says_so(certificate: ssl.SSLContext) -> None:
    with running(certificate, password="hemmelig") as server:
        answer = AppriseMail(server.url("mode=starttls&verify=no", user="sosu:hemmelig@")).send(envelope())
        assert (answer.ok, len(server.mails)) == (True, 1)


def test_the_password_is_what_is_wrong_when_the_server_says_so(certificate: ssl.SSLContext) -> None:
    with running(certificate, password="hemmelig") as server:
        answer = AppriseMail(server.url("mode=starttls&verify=no", user="sosu:forkert@")).send(envelope())
        assert (answer.ok, answer.permanent, answer.unreachable, server.mails) == (False, False, True, [])
        assert answer.detail.startswith("Mailserveren afviste brugernavnet eller adgangskoden (535")


def test_nothing_is_sent_when_the_certificate_is_nobodys(certificate: ssl.SSLContext) -> None:
    with running(certificate) as server:
        answer = AppriseMail(server.url("mode=starttls")).send(envelope())
        assert (answer.ok, answer.detail) == (False, "Mailserveren kunne ikke give en sikker forbindelse.")
        assert answer.unreachable
        assert server.mails == []


def test_nothing_is_sent_when_encryption_is_asked_for_and_the_server_has_none(server: MailServer) -> None:
    answer = AppriseMail(server.url("mode=starttls")).send(envelope())
    assert (answer.ok, answer.permanent, server.mails) == (False, False, [])
    assert answer.detail.startswith("Mailserveren kan ikke det, som SOSU_MAIL_URL beder om")


#: The machine itself, by a name that only the system knows to be it: as if the server were another machine.
ELSEWHERE = "0x7f000001"


def test_it_is_sent_encrypted_when_the_server_is_another_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = made_out_to(ELSEWHERE, tmp_path).server
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / f"{ELSEWHERE}.pem"))  # as the machine's own list
    with running(certificate) as server:
        assert AppriseMail(f"mailto://{ELSEWHERE}:{server.port}?from=sosu@example.org").send(envelope()).ok
        assert (len(server.mails), server.encrypted) == (1, {True})


@pytest.mark.parametrize("schema", ["mailto", "mailtos"])
@pytest.mark.parametrize("more", ["", "&mode=starttls", "&mode=ssl"])
def test_it_is_refused_at_once_when_another_machine_may_be_anybody(schema: str, more: str) -> None:
    with pytest.raises(Refused, match=r"^SOSU_MAIL_URL .*verify=no.* Fjern verify=no"):
        AppriseMail(f"{schema}://mail.example.org?from=sosu@example.org&verify=no{more}")
    with pytest.raises(Refused, match="verify=no"):
        AppriseMail(f"{schema}://127.0.0.1?smtp=mail.example.org&from=sosu@example.org&verify=no{more}")
    AppriseMail(f"{schema}://localhost?from=sosu@example.org&verify=no{more}")


def test_nothing_is_sent_when_another_machine_cannot_encrypt(server: MailServer) -> None:
    answer = AppriseMail(f"mailto://{ELSEWHERE}:{server.port}?from=sosu@example.org").send(envelope())
    assert (answer.ok, answer.permanent, answer.unreachable, server.mails) == (False, False, True, [])
    assert answer.detail == "Mailserveren kan ikke det, som SOSU_MAIL_URL beder om (kryptering eller login)."


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_nothing_is_sent_when_the_server_knows_only_what_was_used_before_tls_1_2(certificate: ssl.SSLContext) -> None:
    certificate.set_ciphers("DEFAULT@SECLEVEL=0")
    certificate.minimum_version = ssl.TLSVersion.TLSv1
    certificate.maximum_version = ssl.TLSVersion.TLSv1_1
    with running(certificate) as server:
        answer = AppriseMail(server.url("mode=starttls&verify=no")).send(envelope())
        assert (answer.ok, answer.detail) == (False, "Mailserveren kunne ikke give en sikker forbindelse.")
        assert server.mails == []
