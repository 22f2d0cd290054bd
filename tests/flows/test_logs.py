"""What is written down, line by line, and that nobody's number or name is in it."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import logs
from flows.logs import FIELDS, HIDDEN
from models.cpr import looks_like_cpr
from tests.support import made_up_cpr

NAMES = ("Olena Kovalenko", "Søren Ågård", "Popescu")
LIBRARIES = ("uvicorn.error", "sqlalchemy.engine", "prefect.runner", "apprise", "asyncio", "py.warnings")

numbers = st.builds(made_up_cpr, st.dates(date(1940, 1, 1), date(2030, 12, 31)), st.integers(0, 3999))
between = st.sampled_from(["", "-", " ", " - ", "\u2010", "\u2013", "\u2212", "%20", "%2D"])
spelled = st.builds(lambda number, dash: f"{number[:6]}{dash}{number[6:]}", numbers, between)
texts = st.builds(
    lambda before, number, after: f"{before}{number}{after}",
    st.sampled_from(["", "CPR ", "/sag?q=", "("]),
    spelled,
    st.sampled_from(["", ".", ") ", " Popescu"]),
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


Written = pytest.CaptureFixture[str]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch, capsys: Written) -> Iterator[Written]:
    """Everything of this process that is written down, as if a server had set it up."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.set_up()
    yield capsys
    root.handlers[:], root.level = handlers, level
    logging.captureWarnings(False)


def lines(said: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.splitlines()]


def raised(error: Exception) -> Exception:
    """The same error, as one that was raised here because of another that says who it was about."""
    try:
        try:
            raise ValueError("Olena Kovalenko")
        except ValueError as cause:
            raise error from cause
    except type(error) as caught:
        return caught


def test_an_event_is_one_json_object_when_nobody_sits_at_it(written: Written) -> None:
    logs.event("sweep_finished", pathway="immigrant_track", due=12, moved=3, seconds=0.25)
    [said] = lines(written.readouterr().err)
    assert said.pop("at").endswith("+00:00")
    assert said == {
        "level": "info",
        "event": "sweep_finished",
        "pathway": "immigrant_track",
        "due": 12,
        "moved": 3,
        "seconds": 0.25,
    }


def test_an_event_can_be_read_when_somebody_sits_at_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    logs.event("sweep_finished", pathway="immigrant_track", due=12)
    assert terminal.getvalue()[8:] == " info    sweep_finished pathway=immigrant_track due=12\n"


@given(text=texts, key=st.sampled_from([*sorted(FIELDS), "name", "cpr"]))
def test_no_number_passes_when_an_event_has_it_anywhere(text: str, key: str) -> None:
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(sys, "stderr", stream)
        logs.event("move_made", **{key: text})
        logs.event(text, reference="IM-0042")
        logs.error("page_failed", raised(RuntimeError(text)), **{key: text})
    assert not looks_like_cpr(stream.getvalue())
    assert len(lines(stream.getvalue())) == 3


@given(text=texts, name=st.sampled_from(LIBRARIES), debug=st.booleans())
def test_no_number_passes_when_a_library_has_it_anywhere(text: str, name: str, debug: bool) -> None:
    stream, record = io.StringIO(), logging.getLogger("any").makeRecord
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(sys, "stderr", stream)
        patching.setenv("SOSU_DEBUG", "1" if debug else "")
        error = raised(RuntimeError(text))
        trace = (type(error), error, error.__traceback__)
        for words, arguments in ((text.replace("%", "%%"), ()), ("got %s", (text,)), ("%(who)s", ({"who": text},))):
            logs.Lines().emit(record(name, logging.WARNING, "a.py", 1, words, arguments, trace))
    assert not looks_like_cpr(stream.getvalue())
    assert len(lines(stream.getvalue())) == 3


@given(number=numbers)
def test_no_number_passes_when_it_is_a_number_to_the_program_too(number: str) -> None:
    stream = io.StringIO()
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr(sys, "stderr", stream)
        logs.event("sweep_finished", due=int(number))
        logs.Lines().emit(logging.LogRecord("uvicorn", 30, "a.py", 1, "%d of %s", (int(number), int(number)), None))
    assert number.lstrip("0") not in stream.getvalue() or int(number) < 10**8


@pytest.mark.parametrize("library", LIBRARIES)
def test_nobodys_name_passes_when_a_library_tells_of_them(written: Written, library: str) -> None:
    logger = logging.getLogger(library)
    for name in NAMES:
        logger.warning("Could not send to %s after %d tries", name, 3)
        logger.warning(f"Could not send to {name}")  # noqa: G004  as libraries do
        try:
            raise KeyError(name)
        except KeyError:
            logger.exception("Task failed for %(who)s", {"who": name})
    said = lines(written.readouterr().err)
    assert not [name for name in NAMES if name.split()[0] in repr(said)]
    assert said[0]["text"] == f"Could not send to {HIDDEN} after 3 tries"
    assert said[1]["text"] == HIDDEN
    assert said[2]["error"] == "KeyError"
    assert said[2]["frames"][0].startswith("test_logs.py:")


def test_nobodys_name_passes_when_a_field_is_one_that_could_hold_it(written: Written) -> None:
    logs.event("case_moved", reference="IM-0042", name="Olena", candidate="Olena", note="Olena", stage="Olena Ågård")
    [said] = lines(written.readouterr().err)
    assert said["reference"] == "IM-0042"
    assert {said[key] for key in ("name", "candidate", "note", "stage")} == {HIDDEN}


def test_an_error_says_its_kind_its_cause_and_its_place_and_no_more(written: Written) -> None:
    logs.error("page_failed", raised(LookupError("Olena Kovalenko")))
    [said] = lines(written.readouterr().err)
    assert said["error"] == "ValueError < LookupError"
    assert all(frame.startswith("test_logs.py:") and frame.endswith(" raised") for frame in said["frames"])
    assert "Olena" not in repr(said)


def test_an_error_is_shown_whole_but_for_numbers_when_debugging(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOSU_DEBUG", "1")
    logs.error("page_failed", raised(LookupError("no 010190-1234")))
    [said] = lines(written.readouterr().err)
    assert "LookupError: no ******-****" in said["debug"]


def test_an_error_that_nobody_caught_is_a_line_too_when_a_server_ends_by_it() -> None:
    program = "from flows import logs; logs.set_up(); raise KeyError('Olena 010190-1234')"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=False)
    assert ran.returncode == 1
    [said] = [json.loads(line) for line in ran.stderr.splitlines()]
    assert (said["event"], said["error"]) == ("ended_by_an_error", "KeyError")
    assert "Olena" not in ran.stderr
    threaded = program.replace("raise KeyError", "\nimport threading\ndef f(): raise KeyError").replace(
        "1234')", "1234')\nthreading.Thread(target=f).start()"
    )
    ran = subprocess.run([sys.executable, "-c", threaded], capture_output=True, encoding="utf-8", check=False)
    assert json.loads(ran.stderr)["event"] == "ended_by_an_error"


def test_prefect_writes_through_the_same_when_it_has_its_settings(tmp_path: Path) -> None:
    from flows.environment import prefect_environment
    from settings import Settings

    program = (
        "import prefect, logging\n"
        "from prefect.logging.configuration import setup_logging\n"
        "setup_logging()\n"
        "for name in ('prefect.flow_runs', 'prefect.runner', 'uvicorn', 'sqlalchemy', 'httpx'):\n"
        "    logging.getLogger(name).error('lost %s', 'Olena 010190-1234')\n"
    )
    environment = prefect_environment(Settings(prefect_dir=tmp_path)) | {"PATH": "/usr/bin:/bin"}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert ran.returncode == 0, ran.stderr
    said = [json.loads(line) for line in ran.stderr.splitlines()]
    assert {line["text"] for line in said} <= {f"lost {HIDDEN}", HIDDEN}
    known = {line["logger"] for line in said if line["text"] != HIDDEN}
    assert known >= {
        "prefect.runner",
        "uvicorn",
        "sqlalchemy",
        "httpx",
    }
    assert "Olena" not in ran.stdout + ran.stderr
