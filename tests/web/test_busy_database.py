"""A database that somebody else holds, longer than we wait for it: a moment's trouble, and no mistake of ours."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from models.session import Database
from models.staff import Role
from tests.municipality import Municipality
from tests.web.site import Site, lent_app, served

_SAID = "Databasen er optaget eller kan ikke nås lige nu. Intet er gemt. Prøv igen om et øjeblik."


@pytest.mark.parametrize("debug", ["", "1"])
def test_it_is_said_to_try_again_when_another_holds_the_database(
    town: Municipality, sqlite_url: str, key_file: Path, debug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOSU_DEBUG", debug)
    hurried = Database(sqlite_url, busy_timeout_ms=50)
    with lent_app(replace(town, database=hurried), key_file) as app, served(app) as address:
        site = Site(town, address, app)
        administrator, program, olena = site.remembered(Role.ADMINISTRATOR), site.program(), town.enrols()
        with closing(sqlite3.connect(str(town.database.url.database), isolation_level=None)) as another:
            another.execute("BEGIN IMMEDIATE")
            page = administrator.posts("/administration/omraade", area_name="Nord")
            api = program.post(f"/cases/{olena.reference}/record", json={"milestone": "interest_confirmed"})
        again = administrator.posts("/administration/omraade", area_name="Nord")
        site.close()
    hurried.close()
    assert (page.status_code, page.headers["retry-after"], _SAID in page.text) == (503, "10", True)
    assert (api.status_code, api.headers["retry-after"], api.json()["reasons"]) == (503, "10", [_SAID])
    assert api.headers["content-type"] == "application/problem+json"
    assert again.status_code == 303


def test_it_is_said_to_try_again_when_postgresql_is_away(town: Municipality, key_file: Path) -> None:
    away = Database("postgresql://nobody@127.0.0.1:1/nothing")
    with lent_app(replace(town, database=away), key_file) as app, served(app) as address:
        site = Site(town, address, app)
        answer = site.visitor().gets("/healthz")
        site.close()
    away.close()
    assert (answer.status_code, _SAID in answer.text) == (503, True)
