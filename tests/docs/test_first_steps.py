"""The README's first steps, taken in order by somebody who has nothing yet."""

from __future__ import annotations

import gc
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import build
from docs.draw import ROOT
from tests.howto.following import blocks

gc.enable()  # `cli.main` starts with it switched off

README = (ROOT / "README.md").read_text(encoding="utf-8")
STEPS = next(block.content for block in blocks(README) if block.content.startswith("sosu area add")).splitlines()


@pytest.fixture
def new_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOSU_DATABASE_URL", f"sqlite:///{tmp_path / 'sosu.db'}")
    monkeypatch.setenv("SOSU_KEY_FILE", str(tmp_path / "keys.json"))
    monkeypatch.setenv("SOSU_OUTBOX_DIR", str(tmp_path / "outbox"))
    monkeypatch.delenv("SOSU_MAIL_URL", raising=False)
    monkeypatch.chdir(ROOT)
    return tmp_path


def test_the_first_steps_lead_to_messages_when_they_are_typed_as_they_stand(new_here: Path) -> None:
    said = {step: _typed(step) for step in STEPS if not step.startswith("sosu serve")}
    imports = [text for step, text in said.items() if step.startswith("sosu import")]
    as_promised = "24 rækker: 24 indskrevet, 0 opdateret, 0 uændret.\n"
    assert imports == [f"Prøve, intet er gemt: {as_promised}", as_promised]
    assert f"`{as_promised.strip()}`" in README
    assert list((new_here / "outbox").glob("*.eml"))


def _typed(step: str) -> str:
    arguments = shlex.split(step, comments=True)[1:]
    done = CliRunner().invoke(build(arguments), arguments, prog_name="sosu", catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout
