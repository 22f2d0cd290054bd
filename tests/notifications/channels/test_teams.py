"""Teams over a real socket, to a server that starts workflows as Power Automate does."""

from __future__ import annotations

import logging
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from notifications.channels.envelope import Answer
from notifications.channels.https_post import Place, Poster
from notifications.channels.teams import Teams
from tests.notifications.channels.apprise_itself import asks
from tests.notifications.channels.envelopes import LINK, RENDERED, envelope
from tests.notifications.channels.fakes import PowerAutomate
from tests.notifications.https_server import Said

ADDRESS = PowerAutomate.ADDRESS
AS_APPRISE = f"workflows://{PowerAutomate.NAME}:443/{PowerAutomate.WORKFLOW}/{PowerAutomate.SIGNATURE}"


@pytest.mark.parametrize("address", [ADDRESS, AS_APPRISE, f"{AS_APPRISE}/?image=yes&wrap=no"])
def test_a_card_with_subject_text_and_link_arrives_when_a_workflow_is_started(
    power_automate: PowerAutomate, address: str
) -> None:
    answer = Teams(power_automate.poster()).send(envelope(address))
    assert answer == Answer(True, "Modtaget af Teams.", reference="08584533")
    (asked,) = power_automate.asked
    assert asked.document["type"] == "message"
    (attachment,) = asked.document["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    title, text = attachment["content"]["body"]
    assert title["text"] == "IM-0042: Trin 2 er begyndt – æøå"
    assert [line for line in text["text"].split("\n") if line] == [line for line in RENDERED.text.split("\n") if line]
    assert attachment["content"]["actions"] == [{"type": "Action.OpenUrl", "title": "Åbn", "url": LINK}]


@pytest.mark.parametrize(
    "address",
    [
        ADDRESS,
        AS_APPRISE,
        f"workflow://{PowerAutomate.NAME}:8443/?id={PowerAutomate.WORKFLOW}&sig=a-b_c&ver=2022-03-01-preview&pa=yes",
        f"https://{PowerAutomate.NAME}/powerautomate/automations/direct/cu/7/workflows/643e/triggers/manual/paths/invoke"
        "?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abc",
    ],
)
def test_the_same_is_asked_as_apprise_would_ask_when_it_is_given_the_address(
    power_automate: PowerAutomate, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    (theirs,) = asks(monkeypatch, f"{address}{'&' if '?' in address else '?'}image=no", "Emne", "Tekst")
    Teams(power_automate.poster()).send(replace(envelope(address), subject="Emne", text="Tekst", link=""))
    (ours,) = power_automate.asked
    assert urlsplit(theirs.url)[2:] == urlsplit(ours.path)[2:]
    assert power_automate.looked_up == [(PowerAutomate.NAME, urlsplit(theirs.url).port or 443)]
    assert ours.document == theirs.document


def test_there_is_no_button_when_there_is_no_link(power_automate: PowerAutomate) -> None:
    assert Teams(power_automate.poster()).send(replace(envelope(ADDRESS), link="")).ok
    assert "actions" not in power_automate.asked[0].document["attachments"][0]["content"]


def test_the_newer_kind_of_address_is_called_as_it_was_given(power_automate: PowerAutomate) -> None:
    power_automate.says = Said(202)
    path = "/powerautomate/automations/direct/cu/12/workflows/643e/triggers/manual/paths/invoke"
    query = "api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=abc"
    address = f"https://{PowerAutomate.NAME}:443{path}?{query}"
    assert Teams(power_automate.poster()).send(envelope(address)) == Answer(True, "Modtaget af Teams.")
    assert power_automate.asked[0].path == f"{path}?{query}"


@pytest.mark.parametrize(
    ("said", "detail", "permanent"),
    [
        (Said(404, {"error": {"code": "WorkflowNotFound"}}), "Teams kender ikke modtagerens adresse (404).", True),
        (Said(401), "Teams kender ikke modtagerens adresse (401).", True),
        (Said(400), "Teams afviste beskeden (400).", True),
        (Said(429, headers={"Retry-After": "30"}), "Teams afviste beskeden for nu (429).", False),
        (Said(502), "Teams afviste beskeden for nu (502).", False),
        (Said(302), "Teams viste videre til en anden adresse (302), og det følges ikke.", False),
    ],
)
def test_the_answer_is_kept_when_a_workflow_is_not_started(
    power_automate: PowerAutomate, said: Said, detail: str, permanent: bool
) -> None:
    power_automate.says = said
    assert Teams(power_automate.poster()).send(envelope(ADDRESS)) == Answer(False, detail, permanent=permanent)
    assert len(power_automate.asked) == 1


def test_it_is_unknown_whether_it_came_when_teams_is_silent(power_automate: PowerAutomate) -> None:
    power_automate.dawdles = 1
    answer = Teams(power_automate.poster(within=0.5)).send(envelope(ADDRESS))
    assert answer == Answer(False, "Teams svarede ikke i tide. Beskeden kan være modtaget.", uncertain=True)


def test_nobody_is_called_when_the_address_leads_inside(power_automate: PowerAutomate) -> None:
    poster = Poster(resolve=lambda *_: [Place("127.0.0.1", power_automate.port)], trust=lambda: power_automate.trust)
    answer = Teams(poster).send(envelope(ADDRESS))
    detail = "Modtagerens adresse fører til en maskine på et lukket netværk og bruges ikke."
    assert answer == Answer(False, detail, permanent=True)
    assert power_automate.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "koordinator@example.org",
        "+4520123456",
        "https://example.org/hook",
        "workflows://",
        f"workflows://{PowerAutomate.NAME}",
        f"workflows://{PowerAutomate.NAME}/id/si gn",
        f"{AS_APPRISE}?template=/etc/passwd",
        f"{AS_APPRISE}?template=https://169.254.169.254/latest",
        f"{AS_APPRISE}?verify=no",
        f"{ADDRESS}&template=file:///etc/passwd",
    ],
)
def test_nothing_is_sent_when_the_address_is_no_workflow_of_that_kind(
    power_automate: PowerAutomate, address: str
) -> None:
    answer = Teams(power_automate.poster()).send(envelope(address))
    assert answer == Answer(False, "Modtagerens Teams-adresse er ikke gyldig.", permanent=True)
    assert power_automate.looked_up == []


def test_no_address_is_logged_when_messages_are_sent_and_refused(
    power_automate: PowerAutomate, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    channel = Teams(power_automate.poster())
    with caplog.at_level(logging.DEBUG):
        answers = [channel.send(envelope(ADDRESS))]
        power_automate.says = Said(404, {"error": {"message": f"{PowerAutomate.WORKFLOW} was not found"}})
        answers += [channel.send(envelope(ADDRESS)), channel.send(envelope(f"{AS_APPRISE}/ %&?pa=x&route=forkert"))]
    said = caplog.text + "".join(capfd.readouterr()) + repr(answers)
    for secret in (PowerAutomate.NAME, PowerAutomate.WORKFLOW, PowerAutomate.SIGNATURE, "IM-0042"):
        assert secret not in said
