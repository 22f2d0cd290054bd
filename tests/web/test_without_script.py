"""Every form of every page, sent as a browser without script would send it: with the values that it comes with, and
then with what a person would fill in. The forms are those that are found in the pages: a new one is tried by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from models.staff import Role
from tests.conftest import NewMunicipality
from tests.web.site import Site, Visitor, app_of, goes_wrong, lived_in, served
from tests.web.test_every_page import pages

#: What a person does last, for what comes after it would find them gone.
_LAST = ("/logout", "/tag-ud", "/log-af", "/mig")


@dataclass
class Form:
    """A form as it stands in a page: `fields` are the values that it comes with, `buttons` those that send it."""

    page: str
    action: str
    method: str
    is_upload: bool
    fields: list[tuple[str, str]] = field(default_factory=list)
    wanted: dict[str, str] = field(default_factory=dict)  # what has to be filled in, with something to fill in
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, another address

    @property
    def kind(self) -> str:
        """What it does, without whom to: the same in many rows, and tried once."""
        path = self.action.partition("?")[0]
        return "/".join("{number}" if part[:1].isdigit() or part[3:].isdigit() else part for part in path.split("/"))


class Forms(HTMLParser):
    """The forms of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self._select = page, list[Form](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            where = given.get("action", self.page)
            upload = given.get("enctype", "").startswith("multipart")
            self.found.append(Form(self.page, where, given.get("method", "get"), upload))
        elif self.found:
            self._fills(tag, given, self.found[-1])

    def _fills(self, tag: str, given: dict[str, str], form: Form) -> None:
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "button":
            form.buttons.append((name, value, given.get("formaction", "")))
        elif tag == "select":
            self._select = name
        elif tag == "option" and value and (self._select not in form.wanted or "selected" in given):
            form.wanted[self._select] = value
        elif tag == "textarea" or (tag == "input" and given.get("type") not in ("file", "checkbox", "radio")):
            form.fields.append((name, value))
        elif tag == "input" and name and given.get("type") != "file":
            form.wanted.setdefault(name, value)


def forms(page: str, text: str) -> list[Form]:
    read = Forms(page)
    read.feed(text)
    return read.found


def sent(visitor: Visitor, form: Form, *, filled_in: bool) -> Iterator[httpx.Response]:
    """By each of its buttons."""
    for name, value, elsewhere in form.buttons or [("", "", "")]:
        fields = [*form.fields, *(form.wanted.items() if filled_in else ()), *([(name, value)] if name else [])]
        address = urljoin(form.page, elsewhere or form.action)
        if form.method == "get":
            yield visitor.client.get(address, params=fields)
        else:
            files = {"file": ("liste.csv", b"CPR;Navn\n", "text/csv")} if form.is_upload and filled_in else None
            values = {key: [each for one, each in fields if one == key] for key, _ in fields}
            yield visitor.client.post(address, data=values, files=files)


def says_something(answer: httpx.Response) -> bool:
    """A way to a page, a page of ours, or one that says in it what is wrong."""
    if answer.status_code == 303:
        return True
    whole = answer.text.startswith("<!doctype html>") and "<h1" in answer.text
    return whole and (answer.status_code == 200 or (answer.status_code in (409, 422) and 'role="alert"' in answer.text))


@pytest.fixture(scope="module")
def lived(new_municipality: NewMunicipality) -> Iterator[Site]:
    town = new_municipality()
    goes_wrong(town, lived_in(town)["late"])
    app = app_of(town, Path(str(town.database.url.database)).with_name("keys.json"))
    with served(app) as address:
        site = Site(town, address, app)
        yield site
        site.close()


@pytest.mark.parametrize("role", list(Role))
def test_every_form_is_answered_with_a_page_when_script_is_turned_off(lived: Site, role: Role) -> None:
    visitor = lived.remembered(role)
    found: dict[str, Form] = {}
    for address in pages(lived, role):
        for form in forms(address, visitor.gets(address).text):
            found.setdefault(form.kind, form)
    assert len(found) > 1
    for kind, form in sorted(found.items(), key=lambda item: item[0].endswith(_LAST)):
        for filled_in in (False, True):
            for answer in sent(visitor, form, filled_in=filled_in):
                assert says_something(answer), (kind, filled_in, answer.status_code, answer.text[:200])


def test_the_walk_knows_a_form_when_it_sees_one() -> None:
    text = """<form method="post" action="/x/12/y"><input name="a" value="1"><input type="checkbox" name="b" value="ja">
      <select name="c"><option value="">Vælg</option><option value="c1">C</option></select>
      <button name="d" value="2">D</button><button formaction="/z">E</button></form>"""
    [form] = forms("/", text)
    assert (form.kind, form.fields, form.wanted) == ("/x/{number}/y", [("a", "1")], {"b": "ja", "c": "c1"})
    assert form.buttons == [("d", "2", ""), ("", "", "/z")]
