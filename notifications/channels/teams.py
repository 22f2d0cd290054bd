"""Teams by the address of a workflow in Power Automate, as Apprise reads it (`workflows://…`, or as Teams shows it).

The card is Apprise's. Its own sending answers only yes or no, logs the address and calls whatever machine the address
names; ours keeps the answer, logs nothing, and calls only machines outside.
"""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from apprise import AppriseAsset
from apprise.plugins.workflows import NotifyWorkflows

from notifications.channels.envelope import Answer, Envelope
from notifications.channels.http_answer import OtherEnd, answer_to, answer_to_failure
from notifications.channels.https_post import NotPosted, Poster
from notifications.channels.quiet import quiet

_TEAMS = OtherEnd("Teams")
_BAD_ADDRESS = Answer(False, "Modtagerens Teams-adresse er ikke gyldig.", permanent=True)
_RUN = "x-ms-workflow-run-id"


class Teams:
    """Posts each message to the workflow of its one recipient."""

    name = "teams"

    def __init__(self, poster: Poster) -> None:
        self._poster = poster

    def send(self, envelope: Envelope) -> Answer:
        with quiet():
            workflow = workflow_of(envelope.recipient)
            if workflow is None:
                return _BAD_ADDRESS
            card = json.dumps(_card(workflow, envelope)).encode()
        try:
            reply = self._poster.post(url_of(workflow), card, {"Content-Type": "application/json"})
        except NotPosted as failure:
            return answer_to_failure(failure, _TEAMS)
        return answer_to(reply.status, _TEAMS, reply.headers.get(_RUN, "")[:64] or None)


def workflow_of(address: str) -> Any:
    """Apprise's reading of an address, or None where it has none.

    A card's template is refused: it is a file of this machine, or an address that Apprise would fetch.
    """
    plugin: Any = NotifyWorkflows
    try:
        parts = plugin.parse_native_url(address) or plugin.parse_url(address)
    except TypeError:  # at an address of the newer kind whose machine Apprise cannot read
        return None
    if not parts or parts["schema"] not in plugin.secure_protocol or parts.get("template"):
        return None
    if not parts.get("verify", True):
        return None
    try:
        workflow = plugin(**(parts | {"asset": AppriseAsset(app_id="SOSU-forløb")}))
    except TypeError:
        return None
    workflow.include_image = False  # Apprise's logo, fetched from elsewhere
    return workflow


def url_of(workflow: Any) -> str:
    """Where Apprise would post to."""
    path = "/powerautomate/automations/direct" if workflow.power_automate else ""
    if path and workflow.routing_id:
        path += f"/cu/{workflow.routing_id}"
    port = f":{workflow.port}" if workflow.port else ""
    query = {"api-version": workflow.api_version, "sp": "/triggers/manual/run", "sv": "1.0", "sig": workflow.signature}
    path += f"/workflows/{workflow.workflow}/triggers/manual/paths/invoke"
    return f"https://{workflow.host}{port}{path}?{urlencode(query)}"


def _card(workflow: Any, envelope: Envelope) -> Any:
    """Apprise's card, with a button for the link. Each line is a paragraph: Teams joins lines that are not."""
    lines = re.sub(r"\n+", "\n\n", envelope.text.strip())
    payload = workflow.gen_payload(body=lines, title=envelope.subject)
    if envelope.link:
        button = {"type": "Action.OpenUrl", "title": "Åbn", "url": envelope.link}
        payload["attachments"][0]["content"]["actions"] = [button]
    return payload
