"""What `sosu doctor` sees of what is around the program: channels, the clock, Prefect's server, what is installed."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cli import doctor
from cli.finding import Finding
from settings import Settings
from tests.cli.running import Sosu, places
from tests.listening import listening
from tests.notifications.mail_server import MailServer

FLOWS = ("deliver-messages", "immigrant-track", "ped-assistant-track")


def found(sosu: Sosu, check: str, **settings: Any) -> Finding:
    examined = doctor.examined(Settings.model_validate(places(sosu) | settings))
    return next(one for one in examined if one.check == check)


def prefect_says(runs: dict[str, datetime | None]) -> AbstractContextManager[int]:
    """A server in Prefect's place, which knows these flows and when each last ended well."""

    def answer(path: str, body: bytes) -> tuple[int, bytes]:
        found: list[dict[str, Any]] = [{"id": name, "name": name} for name in runs]
        if path == "/api/flow_runs/filter":
            ended_at = runs[json.loads(body)["flows"]["id"]["any_"][0]]
            found = [{"end_time": ended_at.isoformat(), "total_run_time": 1.5}] if ended_at else []
        return 200, json.dumps(found).encode()

    return listening(answer)


def test_the_mail_server_is_looked_for_and_nothing_is_sent(sosu: Sosu, server: MailServer) -> None:
    reached = found(sosu, "channels", mail_url=server.url())
    assert (reached.ok, reached.said) == (True, "Mailserveren svarer.")
    assert server.connections == 1
    assert server.mails == []


def test_it_is_a_fault_when_the_mail_server_is_away_or_cannot_encrypt(sosu: Sosu, server: MailServer) -> None:
    away = found(sosu, "channels", mail_url="mailto://127.0.0.1:1?from=sosu@example.org&mode=insecure")
    assert not away.ok
    assert "SOSU_MAIL_URL" in away.remedy
    plain = found(sosu, "channels", mail_url=server.url("mode=starttls"))
    assert not plain.ok
    assert server.mails == []


def test_a_gateway_is_looked_for_and_named_when_it_does_not_answer(sosu: Sosu, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int]] = []

    def unreachable(place: tuple[str, int], _seconds: float) -> None:
        asked.append(place)
        raise TimeoutError

    monkeypatch.setattr("notifications.channels.sms.socket.create_connection", unreachable)
    away = found(sosu, "channels", sms_url="gatewayapi://hemmelig@SOSU")
    assert not away.ok
    assert away.said == "SMS-tjenesten svarer ikke (gatewayapi.com)."
    assert "SOSU_SMS_URL" in away.remedy
    assert "hemmelig" not in repr(away)
    assert asked == [("gatewayapi.com", 443)]


def test_channels_are_not_tried_when_their_settings_cannot_be_used(sosu: Sosu) -> None:
    assert found(sosu, "channels", mail_url="mailto://").ok
    assert not found(sosu, "messages", mail_url="mailto://").ok


@pytest.mark.parametrize("year", [1970, 2019, 2099])
def test_it_is_a_fault_when_the_clock_is_in_another_time(
    sosu: Sosu, year: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.doctor.now", lambda: datetime(year, 1, 1, tzinfo=UTC))
    wrong = found(sosu, "clock")
    assert not wrong.ok
    assert str(year) in wrong.said
    assert "NTP" in wrong.remedy


def test_it_is_a_fault_when_the_databases_clock_is_another(
    sosu: Sosu, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found(sosu, "clock", database_url=postgres_url).said.startswith("Uret går som databasens (0.")
    monkeypatch.setattr("cli.doctor.now", lambda: datetime.now(UTC) + timedelta(minutes=3))
    wrong = found(sosu, "clock", database_url=postgres_url)
    assert not wrong.ok
    assert "180 sekunder fra hinanden" in wrong.said


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Nowhere/Land"])
def test_the_zone_of_the_process_does_not_matter(sosu: Sosu, zone: str) -> None:
    sosu.settings["TZ"] = zone
    checks = {check["check"]: check["ok"] for check in sosu.json("doctor")["checks"]}
    assert checks["time_zone"]
    assert checks["clock"]


def test_what_is_installed_is_said(sosu: Sosu) -> None:
    said = found(sosu, "versions").said
    assert "Python 3." in said
    assert "Prefect 3." in said
    assert "SQLite 3." in said


def test_it_is_a_fault_when_sqlite_is_too_old(sosu: Sosu, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.installed.sqlite3.sqlite_version_info", (3, 34, 1))
    monkeypatch.setattr("cli.installed.sqlite3.sqlite_version", "3.34.1")
    assert found(sosu, "versions").said == "SQLite er 3.34.1 og skal være 3.35 eller nyere."


def test_it_is_no_fault_when_prefects_server_does_not_run(sosu: Sosu) -> None:
    assert "svarer ikke på http://127.0.0.1:1; det gør den, mens »sosu serve« kører" in found(sosu, "prefect").said


def test_it_is_well_when_prefect_runs_everything_in_time(sosu: Sosu) -> None:
    at = datetime.now(UTC) - timedelta(minutes=1)
    with prefect_says(dict.fromkeys(FLOWS, at)) as port:
        well = found(sosu, "prefect", prefect_port=port)
    assert well.ok
    assert well.said.endswith("svarer og kører 3 forløb og udsendelser efter planen.")


def test_it_is_a_fault_when_prefect_lacks_a_flow_or_no_run_ends_well(sosu: Sosu) -> None:
    at = datetime.now(UTC)
    with prefect_says(dict.fromkeys(FLOWS[:2], at)) as port:
        lacking = found(sosu, "prefect", prefect_port=port)
    assert lacking.said == "Prefects server kender ikke ped-assistant-track."
    assert "sosu serve" in lacking.remedy
    late = {FLOWS[0]: at - timedelta(minutes=16), FLOWS[1]: at - timedelta(hours=2), FLOWS[2]: None}
    with prefect_says(late) as port:
        silent = found(sosu, "prefect", prefect_port=port)
    assert silent.said == "Kørslen af deliver-messages er udeblevet eller slår fejl."
    with prefect_says(late | {FLOWS[0]: at, FLOWS[1]: at - timedelta(hours=4)}) as port:
        assert "Kørslen af immigrant-track" in found(sosu, "prefect", prefect_port=port).said
