"""`docs/howto/add-a-track.md`, followed to the letter in a copy of the project: a third track, alive and tested."""

from __future__ import annotations

import json
import re
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from docs.draw import ROOT
from tests.howto.following import House, commands_of

PAGE = (ROOT / "docs" / "howto" / "add-a-track.md").read_text(encoding="utf-8")
COMMANDS = commands_of(PAGE)
#: The page's own command, without the tests that only know the other tracks.
TESTS = f"{next(line for line in COMMANDS if 'pytest' in line)} -k 'intro_position_track or current or list'"
TRACK = Path("flows/intro_position_track")


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The copy after steps 1 to 4 and the first command of step 5. Nobody changes it."""
    made = House.copied_to(tmp_path_factory.mktemp("followed"))
    made.follow(PAGE)
    made.compile()
    drawn = made.run(next(line for line in COMMANDS if line == "make diagrams"))
    assert drawn.stdout.split() == ["README.md", "docs/pathways/intro_position_track.md"], drawn.stderr
    return made


@pytest.fixture
def house(followed: House, tmp_path: Path) -> House:
    """The same, to be changed."""
    return followed.copied(tmp_path)


def test_the_tests_of_all_tracks_take_it_in_and_pass_when_the_page_is_followed(house: House) -> None:
    tested = house.run(f"{TESTS} -vv")
    assert tested.returncode == 0, tested.stdout
    passed = set(re.findall(r"(test_\w+)\.py::.*intro_position_track.* PASSED", tested.stdout))
    assert passed == {"test_tracks", "test_templates", "test_generated"}


def test_a_candidate_goes_from_the_list_to_a_job_when_the_commands_are_typed(house: House) -> None:
    typed = [command for command in COMMANDS if "sosu " in command]
    said = [house.run(command) for command in typed]
    assert [(done.returncode, done.stderr) for done in said] == [(0, "")] * len(typed)
    assert "intro_position_track\t1\tIntrostilling for nyuddannede" in said[0].stdout
    assert "Ansat: afsluttet" in said[-1].stdout
    subjects = _subjects(house.data / "outbox")
    assert subjects["koordinator.syd@example.org"] >= {
        "IS-0001: Introstillingen er begyndt",
        "IS-0001: Ansat i fast stilling",
    }
    assert "leder.syd@example.org" not in subjects  # a manager's are gathered until the next morning
    shown = json.loads(house.run("sosu show IS-0001 --json").stdout)
    assert [t["to"] for t in shown["transitions"]] == ["matching", "intro_position", "employed"]
    of_others = [message for message in shown["messages"] if message["recipient"] != "leder.syd@example.org"]
    assert {message["state"] for message in of_others} == {"sent"}


def _subjects(outbox: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in outbox.glob("*.eml"):
        mail = message_from_bytes(file.read_bytes(), policy=default)
        found.setdefault(str(mail["To"]), set()).add(str(mail["Subject"]))
    return found


def test_the_tests_of_all_tracks_fail_when_a_template_is_missing_and_the_page_is_out_of_date(house: House) -> None:
    (house.folder / TRACK / "templates" / "employ" / "body.html").unlink()
    _change(house, "weeks(12)", "weeks(13)")
    tested = house.run(TESTS)
    assert tested.returncode == 1
    assert set(re.findall(r"^FAILED \S+::(\w+)", tested.stdout, re.MULTILINE)) >= {
        "test_each_step_has_its_folder_and_no_folder_is_left_over_when_a_pathway_is_changed",
        "test_a_candidate_takes_the_step_and_people_are_told_when_it_is_all_there",
        "test_everything_written_is_current_when_nobody_forgot_to_draw",
    }


def test_it_refuses_to_be_built_when_nobody_could_leave_a_stage(house: House) -> None:
    _change(house, '"intro_position",\n            "employed"', '"matching",\n            "employed"')
    told = house.run(f"{sys.executable} -c 'import flows.tracks'")
    assert told.returncode == 1
    assert "stage 'intro_position' has no way to an ending" in told.stderr


def _change(house: House, before: str, after: str) -> None:
    path = house.folder / TRACK / "pathway.py"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
