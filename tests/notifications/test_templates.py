"""Every message of every track, and those that all tracks share."""

from __future__ import annotations

import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from engine.kinds import SHARED
from engine.pathway import Pathway
from notifications.guard import check, titles_of
from notifications.render import PARTS, SHARED_TEMPLATES, MessageContext, Rendered
from tests.notifications.messages import BECAUSE, FULL, MINIMAL, PATHWAYS, TRACK_TEMPLATES, renderer

SHARED_KINDS = {
    "enrolled",
    "list_imported",
    "list_undone",
    "moved",
    "dropped_out",
    "transferred",
    "paused",
    "resumed",
    "assigned",
    "digest",
    "undone",
    "annulled",
    "reminder_before",
    "reminder_on",
    "reminder_after",
    "escalation",
    "pause_review",
    "pause_forgotten",
    "pause_prolonged",
    "prolonging_undone",
    "snoozed",
    "handled_elsewhere",
    "reminded_again",
}
OF_LISTS = ("list_imported", "list_undone")
STEPS = [(pathway.key, step.key) for pathway in PATHWAYS.values() for step in pathway.steps]
MESSAGES = [*STEPS, *(("immigrant_track", kind) for kind in sorted(SHARED_KINDS - {"digest"}))]
CONTEXTS = {"full": FULL, "minimal": MINIMAL}

every_message = pytest.mark.parametrize(("pathway_key", "kind"), MESSAGES)
every_context = pytest.mark.parametrize("context", CONTEXTS.values(), ids=CONTEXTS.keys())


@pytest.mark.parametrize("pathway", PATHWAYS.values(), ids=PATHWAYS.keys())
def test_each_step_has_its_folder_and_no_folder_is_left_over_when_a_pathway_is_changed(pathway: Pathway) -> None:
    folders = folders_in(TRACK_TEMPLATES[pathway.key])
    assert set(folders) == {step.key for step in pathway.steps}
    assert all(set(parts) == set(PARTS) for parts in folders.values())


def test_each_shared_message_has_three_templates_when_all_tracks_lean_on_it() -> None:
    folders = folders_in(SHARED_TEMPLATES)
    assert folders.pop("_base") == ["base.html", "base.txt"]
    assert set(folders) == SHARED_KINDS
    assert all(set(parts) == set(PARTS) for parts in folders.values())


def test_every_shared_message_is_known_to_the_engine_when_it_keeps_their_names_from_steps() -> None:
    assert SHARED == SHARED_KINDS


def test_no_step_is_called_like_a_shared_message_when_both_are_found_by_name() -> None:
    assert not SHARED_KINDS & {key for _, key in STEPS}


@every_message
@every_context
def test_text_and_html_say_the_same_words_when_rendered(pathway_key: str, kind: str, context: MessageContext) -> None:
    rendered = renderer().render(pathway_key, kind, context, BECAUSE)
    assert words_of_text(rendered, context) == words_of_html(rendered)


@every_message
@every_context
def test_the_facts_stand_in_both_when_rendered(pathway_key: str, kind: str, context: MessageContext) -> None:
    rendered = renderer().render(pathway_key, kind, context, BECAUSE)
    page = Page(rendered.html)
    for fact in facts_of(context, kind):
        assert fact in rendered.text
        assert fact in page.text
    assert context.link in rendered.text
    assert page.links == {context.link}


@every_message
@every_context
def test_it_reads_well_when_it_arrives(pathway_key: str, kind: str, context: MessageContext) -> None:
    rendered = renderer().render(pathway_key, kind, context, BECAUSE)
    assert rendered.subject == rendered.subject.strip()
    assert 8 <= len(rendered.subject) <= 70
    assert kind in OF_LISTS or rendered.subject.startswith(f"{context.reference}: ")
    assert "\n\n\n" not in rendered.text
    assert rendered.text.rstrip().endswith(f"--\n{BECAUSE}")
    assert not re.search(r"[{}%]|None|  \S+:", rendered.text.replace(context.link, ""))
    assert '<html lang="da">' in rendered.html
    assert '<meta name="color-scheme" content="light dark">' in rendered.html


@every_message
@every_context
def test_two_who_are_told_of_the_same_each_read_their_own_foot(
    pathway_key: str, kind: str, context: MessageContext
) -> None:
    one, other, words = "Du er leder for A & B.", "Du er <stedfortræder>.", renderer()
    read = {foot: words.render(pathway_key, kind, context, foot) for foot in (one, other, one)}
    alone = renderer().render(pathway_key, kind, context, other)
    assert read[other] == alone
    assert read[one].text.endswith(f"\n{one}\n")
    assert read[one].text.replace(one, other) == alone.text
    assert [escape(foot) in rendered.html for foot, rendered in read.items()] == [True, True]
    assert read[one].html.replace(escape(one), escape(other)) == alone.html
    assert "\0" not in alone.subject + alone.text + alone.html


@every_message
def test_no_reason_is_mailed_when_the_context_has_one(pathway_key: str, kind: str) -> None:
    rendered = renderer().render(pathway_key, kind, replace(FULL, reason="Sygdom"), BECAUSE)
    assert "sygdom" not in (rendered.subject + rendered.text + rendered.html).casefold()


@every_message
@every_context
@pytest.mark.parametrize(
    "name", ["Olena Kovalenko", "August Holm", "Syd Viby", "Dansk Forløb-Leder", "Maj An", "Åse Ågård", "Anders And"]
)
def test_the_guard_lets_it_through_when_the_name_is_not_in_it(
    pathway_key: str, kind: str, context: MessageContext, name: str
) -> None:
    pathway = next(pathway for pathway in PATHWAYS.values() if pathway.key == pathway_key)
    known = (*titles_of(pathway), "Viby-Højbjerg", "Syd", "https://sosu.example.org/forløb/")
    rendered = renderer().render(pathway_key, kind, replace(context, payer=None, **titles(pathway_key)), BECAUSE)
    assert check(rendered, [name], known) is None


def titles(pathway_key: str) -> dict[str, Any]:
    pathway = next(pathway for pathway in PATHWAYS.values() if pathway.key == pathway_key)
    stage = list(pathway.open_stages.values())[-1]
    return {
        "pathway_title": pathway.title,
        "stage_title": stage.title,
        "from_title": stage.title,
        "step_title": pathway.steps[-1].title,
        "awaits": tuple(milestone.title for milestone in pathway.milestones),
        "alongside": stage.alongside,
    }


def folders_in(root: Path) -> dict[str, list[str]]:
    return {
        folder.name: sorted(file.name for file in folder.iterdir())
        for folder in root.iterdir()
        if folder.name != "__pycache__"
    }


def facts_of(context: MessageContext, kind: str) -> list[str]:
    always = [context.pathway_title, context.stage_title, "12. august 2027", BECAUSE, *context.awaits]
    own = ["23" if context.count > 1 else "1"] if kind in OF_LISTS else [context.reference]
    optional = [context.payer, context.alongside, context.area, context.due_on and "1. maj 2028"]
    return [*always, *own, *(fact for fact in optional if fact)]


class Page(HTMLParser):
    """What a reader of the HTML sees, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: set[str | None] = set()
        self._seen: list[str] = []
        self._hidden = False
        self.feed(html)

    @property
    def text(self) -> str:
        return " ".join("".join(self._seen).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("style", "title") or (self._hidden and tag != "body")
        if tag == "a":
            self.links.add(dict(attrs)["href"])

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False
        self._seen.append(" " if tag in ("th", "td") else "")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self._seen.append(data)


def words_of_html(rendered: Rendered) -> list[str]:
    return Page(rendered.html).text.split()


def words_of_text(rendered: Rendered, context: MessageContext) -> list[str]:
    """The text without what only a text needs: list marks, the line before the foot, the address of the link."""
    without_link = rendered.text.replace(f": {context.link}\n", "\n")
    return [word for word in without_link.split() if word not in ("-", "--")]
