"""The program as a script meets it: a process, its two streams and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from models.cpr import looks_like_cpr

PROGRAM = Path(sys.executable).with_name("sosu")

#: Names that candidates of these tests have. No command may ever print one.
NAMES = ("Olena", "Kovalenko", "Søren", "Ågård", "Popescu")


@dataclass(frozen=True, slots=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on standard output; anything before or behind it is an error."""
        return json.loads(self.out)


@dataclass
class Sosu:
    """Runs `sosu` in a folder of its own. Whatever it says is searched for people."""

    home: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Path:
        return self.home / "sosu.db"

    @property
    def outbox(self) -> Path:
        return self.home / "outbox"

    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
        ours = {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "PYTHONIOENCODING": "utf-8",
            "SOSU_DATABASE_URL": f"sqlite:///{self.database}",
            "SOSU_KEY_FILE": str(self.home / "keys.json"),
            "SOSU_OUTBOX_DIR": str(self.outbox),
            "SOSU_PUBLIC_URL": "https://sosu.example.org",
        }
        return kept | ours | self.settings

    def __call__(self, *arguments: str, stdin: str = "", code: int = 0) -> Ran:
        """Runs a command that is to end with this exit code."""
        done = subprocess.run(
            [PROGRAM, *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            cwd=self.home,
            env=self.environment(),
            timeout=60,
            check=False,
        )
        ran = Ran(done.returncode, done.stdout, done.stderr)
        said = ran.out + ran.err
        assert ran.code == code, said
        assert not looks_like_cpr(said), arguments
        assert not [name for name in NAMES if name in said], arguments
        assert "\x1b" not in said, "escape codes, and no terminal to understand them"
        return ran

    def json(self, *arguments: str, stdin: str = "") -> Any:
        """The document of a command that succeeds, and says nothing beside it."""
        ran = self(*arguments, "--json", stdin=stdin)
        assert ran.err == ""
        return ran.json

    def refused(self, *arguments: str, stdin: str = "") -> str:
        """What standard error says when a command is refused; standard output is empty then."""
        ran = self(*arguments, stdin=stdin, code=1)
        assert ran.out == ""
        return ran.err
