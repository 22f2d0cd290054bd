"""Following a how-to to the letter: its files written, its changes made and its commands run in a copy of the house."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from docs.draw import ROOT

_EMPTY = re.compile(r"^`([^`]+)` is empty\.$", re.MULTILINE)
_LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "dist", "var", "node_modules")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page. `of` is the file that the page named last before it: »`path`:« or »In `path`«."""

    of: str
    language: str
    content: str


def blocks(page: str) -> Iterator[Block]:
    of, language, content = "", "", None
    for line in page.splitlines(keepends=True):
        if content is None:
            named = re.match(r"(?:In )?`([^`]+)`.*:$", line)
            of = named[1] if named else of
            if line.startswith("```"):
                language, content = line[3:].strip(), ""
        elif line == "```\n":
            yield Block(of, language, content)
            content = None
        else:
            content += line


def commands_of(page: str) -> list[str]:
    """Every line of the page's blocks of commands, without the remarks behind them."""
    lines = "".join(block.content for block in blocks(page) if not block.language).splitlines()
    return [line.partition("  #")[0].strip() for line in lines if line.strip()]


@dataclass(frozen=True, slots=True)
class House:
    """A copy of the project in a folder, and a municipality's data beside it."""

    folder: Path
    data: Path

    @classmethod
    def copied_to(cls, folder: Path) -> House:
        shutil.copytree(ROOT, folder / "house", ignore=_LEFT_OUT)
        return cls(folder / "house", folder / "data")

    def copied(self, folder: Path) -> House:
        """Another of its kind in this folder, with no data yet."""
        shutil.copytree(self.folder, folder / "house")
        return House(folder / "house", folder / "data")

    def compile(self) -> None:
        """What every command would do anew. A file that is changed later is not read as it was compiled."""
        how = ("-q", "-x", "/tests/", "--invalidation-mode", "checked-hash")
        subprocess.run([sys.executable, "-m", "compileall", *how, "."], cwd=self.folder, check=True)

    def follow(self, page: str) -> None:
        """Writes the page's files and makes its changes. Fails where a change does not find what it changes."""
        for path in _EMPTY.findall(page):
            self._write(path, "")
        for block in blocks(page):
            if block.language == "diff":
                self._change(block.of, block.content)
            elif block.language:
                self._write(block.of, block.content)

    def _write(self, path: str, content: str) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(content, encoding="utf-8")

    def _change(self, path: str, change: str) -> None:
        lines = change.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] in " -")
        after = "".join(line[1:] for line in lines if line[0] in " +")
        text = (self.folder / path).read_text(encoding="utf-8")
        assert text.count(before) == 1, f"{path} does not say once what the page changes:\n{before}"
        self._write(path, text.replace(before, after))

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Runs a line of a page in the copy, with its data in a folder of its own."""
        line = command.replace(".venv/bin/pytest", f"{sys.executable} -m pytest -q -p no:cacheprovider")
        line = line.replace("make diagrams", f"{sys.executable} -m docs.draw")
        line = re.sub(r"(^|\| )sosu ", rf"\1{sys.executable} -m cli.main ", line)
        return subprocess.run(
            ["bash", "-c", line], cwd=self.folder, env=self._environment(), text=True, capture_output=True, timeout=300
        )

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "SOSU", "COV"))}
        return kept | {
            "PYTHONPATH": str(self.folder),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # none of these tests needs any
            "PYTHONDONTWRITEBYTECODE": "1",  # a file that is changed twice in a second would be read as it was compiled
            "SOSU_DATABASE_URL": f"sqlite:///{self.data / 'sosu.db'}",
            "SOSU_KEY_FILE": str(self.data / "keys.json"),
            "SOSU_OUTBOX_DIR": str(self.data / "outbox"),
        }
