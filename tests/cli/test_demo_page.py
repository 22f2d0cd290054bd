"""`sosu demo --serve` ends in a browser: every role can sign in with what was printed."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx

from models.staff import Role
from reports.words import ROLE
from tests.cli.running import Sosu

_ROOT = Path(__file__).parents[2]


def test_every_role_signs_in_when_the_demo_is_served(sosu: Sosu) -> None:
    taken = socket.create_server(("127.0.0.1", 0))  # by somebody else: it finds one that is free
    environment = sosu.environment() | {"PYTHONPATH": str(_ROOT), "SOSU_PORT": str(taken.getsockname()[1])}
    command = [sys.executable, "-c", "from cli.main import main; main()"]
    demo = [*command, "demo", "--dir", str(sosu.home / "demo"), "--weeks", "2", "--serve"]
    serving = subprocess.Popen(demo, stdout=subprocess.PIPE, encoding="utf-8", env=environment, cwd=sosu.home)
    try:
        assert serving.stdout is not None
        said = ""
        while "Siden er på" not in said:
            line = serving.stdout.readline()
            assert line, said
            said += line
        address = re.search(r"Siden er på (\S+)\. ", said)
        assert address is not None
        for role in Role:
            found = re.search(rf"^{ROLE[role]}\t(\S+)\t(\S+)$", said, re.MULTILINE)
            assert found is not None, role
            with httpx.Client(base_url=address[1], trust_env=False, timeout=30) as browser:
                signed_in = browser.post("/login", data={"email": found[1], "password": found[2]})
                assert signed_in.status_code == 303
                assert browser.get("/", follow_redirects=True).status_code == 200
        serving.send_signal(signal.SIGINT)
        assert serving.wait(10) == 0
    finally:
        serving.kill()
        serving.communicate()
        taken.close()
