"""The browser of the tests: Debian's Chromium where there is one, otherwise Playwright's own.

Tests take it as Debian packs it for programs, without windows and menus: pages are the same, at a third of the work.
Only what a browser itself says in a field is English there, so pictures are taken with the whole one.

`python -m tests.web.browser` sees to it that there is one of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Playwright, sync_playwright

_PICTURES = "SOSU_SCREENSHOTS" in os.environ
_SHELL, _WHOLE = "chromium-headless-shell", ("chromium", "google-chrome")
#: The whole one with its languages (without them a date is written the English way) and a font that most machines have.
_PACKAGES = "chromium chromium-l10n fonts-liberation" if _PICTURES else _SHELL
_APT = (
    f"apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends {_PACKAGES}"
)


def launch_arguments() -> dict[str, object]:
    """What Playwright is told: which Chromium, and how it runs as root and with little shared memory."""
    found = _of_the_machine()
    root = ["--no-sandbox"] if os.geteuid() == 0 else []  # Chromium refuses to run as root with it
    chosen = {"executable_path": found} if found else {}
    danish = dict(os.environ) | {"LANGUAGE": "da"}  # how a field for a date looks is the browser's own language
    return {"args": [*root, "--disable-dev-shm-usage", "--lang=da"], "env": danish, **chosen}


def install() -> None:
    """Does nothing where there is one. As root on Debian its own package is taken, otherwise Playwright's download."""
    with sync_playwright() as playwright:
        if _of_the_machine() or _of_playwright(playwright):
            return
    sys.stdout.write("Installing Chromium for the tests of the page\n")
    sys.stdout.flush()
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(_APT, shell=True, check=False, stdout=subprocess.DEVNULL)  # noqa: S602  constants
    if not _of_the_machine():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)


def _of_the_machine() -> str | None:
    names = _WHOLE if _PICTURES else (_SHELL, *_WHOLE)
    return next((found for name in names if (found := shutil.which(name))), None)


def _of_playwright(playwright: Playwright) -> bool:
    return Path(playwright.chromium.executable_path).exists()


if __name__ == "__main__":
    install()
