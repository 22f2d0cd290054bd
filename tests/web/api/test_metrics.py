"""`/metrics`, as Prometheus reads it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import yaml
from prometheus_client.parser import text_string_to_metric_families

from flows.runs import LastRun
from models.incident import Incident
from models.message import Message
from models.staff import Role
from models.types import table
from onboarding.outages import begin, end
from tests.municipality import OFFICER
from tests.web.site import WAYS, Site, lived_in


def metrics(site: Site) -> httpx.Response:
    headers = {"authorization": f"Bearer {site.token('metrics', role=Role.ADMINISTRATOR)}"}
    return site.visitor().gets("/metrics", **headers)


def figures(site: Site) -> dict[tuple[str, ...], float]:
    """Each value by the name and the values of its labels."""
    families = text_string_to_metric_families(metrics(site).text)
    return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}


def test_everything_is_counted_when_a_monitor_asks(site: Site) -> None:
    made = lived_in(site.town)
    made["moved"].drops_out()
    site.town.changes(table(Message), {"id": 1}, {"state": "dead", "reason": "too_many_attempts"})
    day, now = site.town.clock.today, site.town.clock.now
    with site.town.database.write() as session:
        session.add(Incident(enrolment_id=1, error="KeyError", first_on=day, last_on=day, opened_at=now))
    site.remembered(Role.MANAGER)
    found = figures(site)
    assert found["sosu_enrolments", "immigrant_track", "open"] == 2
    assert found["sosu_enrolments", "immigrant_track", "ended"] == 1
    assert found["sosu_enrolments", "ped_assistant_track", "paused"] == 1
    assert found["sosu_enrolments", "ped_assistant_track", "ended"] == 0
    assert (found["sosu_enrolments_overdue", "immigrant_track"], found["sosu_enrolments_due",]) == (1, 1)
    assert found["sosu_enrolments_due_oldest_days",] == (day - made["late"].applicant.starts_on).days - 11
    assert (found["sosu_messages", "dead"], found["sosu_messages", "sent"]) == (1, 0)
    assert found["sosu_messages_queued_oldest_seconds",] == timedelta(weeks=4, days=3).total_seconds()
    assert found["sosu_messages_late_seconds",] == timedelta(weeks=4, days=3).total_seconds()
    assert (found["sosu_incidents_open",], found["sosu_sign_ins_active",]) == (1, 1)
    assert [value for (name, *_), value in found.items() if name == "sosu_build"] == [1]


def test_there_are_zeros_and_no_gaps_when_nothing_has_happened(site: Site) -> None:
    found = figures(site)
    assert {value for (name, *_), value in found.items() if name != "sosu_build"} == {0}
    assert len(found) == 22 + 2 * len(WAYS)


def test_a_channel_that_is_out_is_told_with_how_many_wait_when_a_monitor_asks(site: Site) -> None:
    site.town.enrols()
    with site.town.database.write() as session:
        begin(session, "mail", "Mailserveren svarer ikke.", site.town.clock.now)
    found = figures(site)
    assert (found["sosu_channel_out", "mail"], found["sosu_channel_waiting", "mail"]) == (1, 1)
    assert (found["sosu_channel_out", "sms"], found["sosu_channel_waiting", "sms"]) == (0, 0)
    with site.town.database.write() as session:
        end(session, "mail", site.town.clock.now)
    assert figures(site)["sosu_channel_out", "mail"] == 0


def test_what_prefect_runs_is_told_when_its_server_answers(site: Site) -> None:
    ended_at = datetime(2026, 9, 7, 6, tzinfo=UTC)
    runs = [LastRun("deliver-messages", ended_at, 1.5), LastRun("immigrant-track", None, None)]
    app = site.app.state
    app.sosu = replace(app.sosu, runs=lambda: runs)
    found = figures(site)
    assert found["sosu_prefect_up",] == 1
    assert found["sosu_flow_ended_timestamp_seconds", "deliver-messages"] == ended_at.timestamp()
    assert found["sosu_flow_duration_seconds", "deliver-messages"] == 1.5
    assert found["sosu_flow_ended_timestamp_seconds", "immigrant-track"] == 0


def test_each_proposed_alert_asks_for_figures_that_there_are(site: Site) -> None:
    """All of the page's rules, and nothing in them is only prose."""
    app = site.app.state
    app.sosu = replace(app.sosu, runs=lambda: [LastRun("deliver-messages", datetime(2026, 9, 7, tzinfo=UTC), 1.5)])
    there = {name for name, *_ in figures(site)}
    page = Path(__file__).resolve().parents[3] / "docs" / "howto" / "alerts.md"
    [rules] = re.findall(r"```yaml\n(groups:.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    read = yaml.safe_load(rules)["groups"][0]["rules"]
    assert len(read) >= 10
    for rule in read:
        asked = set(re.findall(r"sosu_[a-z_]+", rule["expr"]))
        assert asked, rule
        assert asked <= there, rule
        assert set(rule["annotations"]) == {"summary", "remedy"}
        assert rule["labels"]["severity"] in ("page", "ticket")
        assert f"| `{rule['alert']}` |" in page.read_text(encoding="utf-8")


def test_nobody_can_be_told_from_it_when_it_is_read(site: Site) -> None:
    lived_in(site.town)
    said = metrics(site)
    assert said.headers["content-type"].startswith("text/plain; version=")
    assert not [word for word in ("Olena", OFFICER, "Viby", "IM-0001", "python_gc") if word in said.text]


def test_only_a_token_for_it_opens_it_when_somebody_else_asks(site: Site) -> None:
    other = {"authorization": f"Bearer {site.token('read', role=Role.ADMINISTRATOR)}"}
    not_theirs = {"authorization": f"Bearer {site.token('metrics')}"}
    visitor = site.visitor()
    assert visitor.gets("/metrics").status_code == 401
    assert [visitor.gets("/metrics", **headers).status_code for headers in (other, not_theirs)] == [403, 403]
