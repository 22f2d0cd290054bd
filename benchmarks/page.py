"""`python -m benchmarks.page`: how long the page takes to answer ten people at once, over 100,000 enrolments.

The server is a process of its own, as it is in use; the people are threads of this one.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from benchmarks.seed import seed
from models.session import Database
from onboarding import sign_ins

PEOPLE, LOOKS = 10, 20
#: What is asked for, and the goal for the 95th percentile in milliseconds.
GOALS = {
    "/": 150,
    "/forloeb/immigrant_track": 150,
    "/forloeb/alle": 150,
    "/forloeb/immigrant_track?vis=tabel&soeg=kandidat": 150,
    "/sag/IM-0104": 60,
}
_PASSWORD = "en lang og opdigtet adgangskode"  # noqa: S105  for a database that is thrown away

_SERVER = """
import sys
from pathlib import Path
import uvicorn
from benchmarks.seed import NOW, TODAY
from models.session import Database
from settings import Settings
from web.app import create_app
from web.serving import configuration
from web.state import State
state = State(Database(sys.argv[1]), Path(sys.argv[2]), "http://127.0.0.1", lambda: NOW, lambda: TODAY)
uvicorn.Server(configuration(create_app(state, Settings().assets_dir), host="127.0.0.1", port=int(sys.argv[3]))).run()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enrolments", type=int, default=100_000)
    parser.add_argument("--port", type=int, default=8765)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sosu-bench-") as folder:
        path = Path(folder) / "ground.db"
        seed(path, arguments.enrolments, arguments.enrolments // 10)
        url = f"sqlite:///{path}"
        database = Database(url)
        with database.write() as session:
            sign_ins.set_password(session, "koordinator0@example.org", _PASSWORD)
        database.close()
        command = [sys.executable, "-c", _SERVER, url, f"{folder}/keys.json", str(arguments.port)]
        with subprocess.Popen(command) as server:
            try:
                measure(f"http://127.0.0.1:{arguments.port}", arguments.enrolments)
            finally:
                server.terminate()


def measure(address: str, enrolments: int) -> None:
    with httpx.Client(base_url=address, trust_env=False, timeout=60) as client:
        _wait_for(client)
        client.post("/login", data={"email": "koordinator0@example.org", "password": _PASSWORD})
        cookie = client.cookies["sosu"]
        print(f"{enrolments:,} enrolments, {PEOPLE} people at once, {LOOKS} looks each; milliseconds at the server\n")
        print("| page | median | 95th percentile | goal | alone, median |\n|:--|--:|--:|--:|--:|")
        for path, goal in GOALS.items():
            alone = statistics.median(_looks(address, cookie, path, 5))
            with ThreadPoolExecutor(PEOPLE) as people:
                ran = list(people.map(lambda _: _looks(address, cookie, path, LOOKS), range(PEOPLE)))  # noqa: B023
            took = sorted(seconds for looks in ran for seconds in looks)
            high = took[int(len(took) * 0.95)]
            print(
                f"| `{path}` | {1000 * statistics.median(took):.0f} | {1000 * high:.0f} | {goal} | {1000 * alone:.0f} |"
            )


def _looks(address: str, cookie: str, path: str, times: int) -> list[float]:
    took = []
    with httpx.Client(base_url=address, cookies={"sosu": cookie}, trust_env=False, timeout=60) as client:
        for _ in range(times):
            started = time.perf_counter()
            answer = client.get(path)
            took.append(time.perf_counter() - started)
            assert answer.status_code == 200, (path, answer.status_code)
    return took


def _wait_for(client: httpx.Client) -> None:
    for _ in range(200):
        try:
            client.get("/healthz")
            return
        except httpx.ConnectError:
            time.sleep(0.1)
    raise SystemExit("the server did not begin")


if __name__ == "__main__":
    main()
