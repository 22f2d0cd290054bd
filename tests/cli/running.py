"""The program as a script meets it: a process, its two streams and its exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models.cpr import looks_like_cpr
from tests.forked import PATIENCE, SERVER

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
    """Runs `sosu` in a folder of its own. Whatever it says is searched for people.

    `forked`: in a process that need not load the program first. It is the same in all else, and ten times as quick.
    """

    home: Path
    settings: dict[str, str] = field(default_factory=dict)
    forked: bool = False

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
            "SOSU_PREFECT_PORT": "1",  # nothing answers there, whatever else runs on this machine
            "SOSU_PUBLIC_URL": "https://sosu.example.org",
        }
        return kept | ours | self.settings

    def mails(self, url: str, email: str) -> None:
        """From now on mail goes there; to everybody, and to this person at any hour: tests run at all of them."""
        self("trial", "off")
        self("prefs", "set", email, "--hours", "always")
        self.settings["SOSU_MAIL_URL"] = url

    def __call__(self, *arguments: str, stdin: str = "", code: int = 0) -> Ran:
        """Runs a command that is to end with this exit code."""
        ran = self._forked(arguments, stdin) if self.forked else self._started(arguments, stdin)
        said = ran.out + ran.err
        assert ran.code == code, said
        assert not looks_like_cpr(said), arguments
        assert not [name for name in NAMES if name in said], arguments
        assert "\x1b" not in said, "escape codes, and no terminal to understand them"
        return ran

    def _started(self, arguments: tuple[str, ...], stdin: str) -> Ran:
        done = subprocess.run(
            [PROGRAM, *arguments],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            cwd=self.home,
            env=self.environment(),
            timeout=PATIENCE,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def without_room(self, *arguments: str) -> Ran:
        """Runs a command whose standard output takes nothing, like a disk that is full."""
        return self._forked(arguments, "", Path("/dev/full"))

    def _forked(self, arguments: tuple[str, ...], stdin: str, output: Path | None = None) -> Ran:
        with TemporaryDirectory() as folder:
            given, out, err = streams = (Path(folder, "in"), output or Path(folder, "out"), Path(folder, "err"))
            given.write_text(stdin, encoding="utf-8", newline="")
            process = SERVER.Process(target=_run, args=(arguments, self.home, self.environment(), streams), daemon=True)
            process.start()
            process.join(PATIENCE)
            code = process.exitcode
            assert code is not None, "the command does not come to an end"
            process.close()
            said = "" if output else out.read_text(encoding="utf-8")
            return Ran(code, said, err.read_text(encoding="utf-8"))

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


def _run(arguments: tuple[str, ...], home: Path, environment: dict[str, str], streams: tuple[Path, ...]) -> None:
    """In a forked process: the program, in a folder, with files for its three streams. Ends as the program ends."""
    from cli.main import main  # here, because it is for a process of its own: it turns off the garbage collection

    os.chdir(home)
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams):
        opened = os.open(stream, os.O_WRONLY | os.O_CREAT | os.O_TRUNC if number else os.O_RDONLY)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115  they stay open as long as the process lives
        for number, mode in enumerate("rww")
    )
    sys.argv = ["sosu", *arguments]
    main()


def places(sosu: Sosu) -> dict[str, str]:
    """The settings that say where this program has its things; nothing of Prefect's answers at the port."""
    return {
        "database_url": f"sqlite:///{sosu.database}",
        "key_file": str(sosu.home / "keys.json"),
        "outbox_dir": str(sosu.outbox),
        "prefect_dir": str(sosu.home / "prefect"),
        "prefect_port": "1",
    }
