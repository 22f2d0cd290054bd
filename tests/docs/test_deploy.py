"""What `deploy/` holds is what the program reads, and what systemd understands."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from docs.draw import ROOT
from flows.environment import prefect_environment
from settings import Settings

DEPLOY = ROOT / "deploy"
UNITS = sorted(path for path in DEPLOY.iterdir() if path.suffix in (".service", ".timer"))
#: Where a machine keeps things and listens is its own.
_LOGGING = "PREFECT_LOGGING_SETTINGS_PATH"
_PLACES = {"PREFECT_HOME", "PREFECT_API_URL", "PREFECT_SERVER_API_PORT", _LOGGING}
#: These are of no use to a worker, or to several machines.
_OF_ONE_MACHINE = {"PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "PREFECT_RUNNER_POLL_FREQUENCY"}


def _told(name: str, *, shown: bool) -> dict[str, str]:
    """The settings of a file, with those that it only shows or without."""
    begins = r"^#?" if shown else "^"
    found = re.findall(begins + r"([A-Z_]+)=(.*)$", (DEPLOY / name).read_text(encoding="utf-8"), re.MULTILINE)
    return dict(found)


def test_every_setting_is_there_and_no_other() -> None:
    known = {f"SOSU_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in _told("sosu.env", shown=True) if name.startswith("SOSU_")} == known


def test_it_can_be_used_as_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in _told("sosu.env", shown=False).items():
        monkeypatch.setenv(name, value)
    assert Settings(_env_file=None).database_url == "sqlite:////var/lib/sosu/sosu.db"  # type: ignore[call-arg]


def test_a_value_that_is_only_shown_is_the_default_when_it_is_a_number_or_a_place_to_listen() -> None:
    text = (DEPLOY / "sosu.env").read_text(encoding="utf-8")
    fields = {f"SOSU_{name.upper()}": field for name, field in Settings.model_fields.items()}
    shown = re.findall(r"^#(SOSU_\w+)=([\d.]+|[a-z]+)$", text, re.MULTILINE)
    assert len(shown) > 8
    assert [(name, value) for name, value in shown if str(fields[name].default) != value] == []


def test_prefect_is_set_up_as_on_one_machine() -> None:
    files = _told("sosu.env", shown=False) | _told("prefect-server.env", shown=False)
    wanted = prefect_environment(Settings())
    theirs = {name: value for name, value in wanted.items() if name not in _PLACES | _OF_ONE_MACHINE}
    assert {name: files.get(name) for name in theirs} == theirs
    for file in ("sosu.env", "prefect-server.env"):
        written = Path(_told(file, shown=False)[_LOGGING])
        assert ROOT / written.relative_to("/opt/sosu") == Path(wanted[_LOGGING]), file


def test_every_file_is_told_of_where_it_is_explained() -> None:
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [path.name for path in DEPLOY.iterdir() if path.name not in told] == []


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_understands_every_unit(tmp_path: Path) -> None:
    for unit in UNITS:
        # The program is not installed where a machine has it.
        here = re.sub(r"/opt/sosu/\.venv/bin/\w+", "/bin/true", unit.read_text(encoding="utf-8"))
        (tmp_path / unit.name).write_text(here, encoding="utf-8")
    for unit in UNITS:
        said = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", tmp_path / unit.name], capture_output=True, text=True, check=False
        )
        assert (said.returncode, said.stderr) == (0, ""), unit.name
