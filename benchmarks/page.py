"""`python -m benchmarks.page`: how long the page takes to answer ten people at once, over 100,000 enrolments.

Eight coordinators of one area each, a manager of them all and an officer who enrolled a quarter of everybody, as
threads of this process; the server is as many processes as `SOSU_WORKERS` says. They ask twice: each without a pause,
which is more than ten people can do, and each after a pause of about a second, which is still a busy day.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlmodel import select as select_rows

from benchmarks.seed import NOW
from benchmarks.town import AREAS, COORDINATOR, MANAGER, OFFICER, build
from models.keys import Keyring
from models.session import Database
from models.staff import Staff
from onboarding import sign_ins
from onboarding.store import ENROLMENT
from settings import Settings

PEOPLE, LOOKS = 10, 30
#: What is asked for, and the goal for the 95th percentile in milliseconds. A person's own case stands for `{case}`.
GOALS = {
    "/": 150,
    "/forloeb/immigrant_track": 150,
    "/forloeb/immigrant_track?vis=tabel": 150,
    "/forloeb/alle?over_tid=ja": 150,
    "/forloeb/immigrant_track?vis=tabel&soeg=kov": 150,
    "/sag/{case}": 60,
}

_SERVER = """
import sys
from pathlib import Path
from benchmarks.seed import NOW, TODAY
from flows.wording import renderer_of
from models.session import Database
from notifications.channels.eml import EmlFolder
from settings import Settings
from web.app import create_app
from web.serving import run, shared
from web.state import State
words = renderer_of(None)
outbox = lambda: {"mail": EmlFolder(Path(sys.argv[2]).with_name("outbox"))}
state = State(
    Database(sys.argv[1]), Path(sys.argv[2]), "http://127.0.0.1", lambda: NOW, lambda: TODAY, words, outbox
)
run(create_app(state, Settings().assets_dir), shared("127.0.0.1", int(sys.argv[3])))
"""


class Person:
    """Somebody who is signed in, with the cases of their own."""

    def __init__(self, database: Database, number: int) -> None:
        self.random = Random(number)
        self.area = number % AREAS + 1
        email = COORDINATOR.replace("0", str(number)) if number < AREAS else (MANAGER, OFFICER)[number - AREAS]
        with database.write() as session:
            staff = session.exec(select_rows(Staff).where(Staff.email == email)).one()
            self.cookie = sign_ins.begin(session, staff, NOW).secret
            e = ENROLMENT.c
            of_area = select(e.reference).where(e.area_id == self.area, e.status == "open").limit(2000)
            self.cases = session.connection().execute(of_area).scalars().all()
            own = session.exec(
                select_rows(Staff).where(Staff.email == COORDINATOR.replace("0", str(self.area - 1)))
            ).one()
            self.own_cookie = sign_ins.begin(session, own, NOW).secret

    def looks(self, port: int, path: str, pause: float, times: int) -> list[float]:
        """How many seconds each answer took. Of a case it is the coordinator's own, which asks for no purpose."""
        cookie = self.own_cookie if "{case}" in path else self.cookie
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        took = []
        for _ in range(times):
            time.sleep(self.random.uniform(0.5, 1.5) * pause)
            address = path.format(case=self.random.choice(self.cases))
            started = time.perf_counter()
            connection.request("GET", address, headers={"Cookie": f"sosu={cookie}"})
            answer = connection.getresponse()
            answer.read()
            took.append(time.perf_counter() - started)
            assert answer.status == 200, (address, answer.status)
        connection.close()
        return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enrolments", type=int, default=100_000)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--workers", type=int, default=Settings().workers)
    parser.add_argument("--ground", type=Path, help="a database that is kept, and made where there is none")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sosu-bench-") as folder:
        path = arguments.ground or Path(folder) / "town.db"
        keys = path.with_suffix(".keys.json")
        if not path.exists():
            build(path, arguments.enrolments, Random(1), Keyring.at(keys))
        url = f"sqlite:///{path}"
        database = Database(url)
        people = [Person(database, number) for number in range(PEOPLE)]
        database.close()
        with served([sys.executable, "-c", _SERVER, url, str(keys), str(arguments.port)], arguments):
            print(
                f"{arguments.enrolments:,} enrolments, {PEOPLE} people, {arguments.workers} processes; milliseconds\n"
            )
            print("| page | alone, median | a busy day, 95 % | without a pause, median | 95 % | goal |")
            print("|:--|--:|--:|--:|--:|--:|")
            for page, goal in GOALS.items():
                measure(people, arguments.port, page, goal)


@contextmanager
def served(command: list[str], arguments: argparse.Namespace) -> Iterator[None]:
    with ExitStack() as ending:
        for _ in range(arguments.workers):
            server = ending.enter_context(subprocess.Popen(command))
            ending.callback(server.terminate)
        _wait_until(lambda: _answers(arguments.port))
        time.sleep(3)  # all of them, and not the first alone
        yield


def measure(people: list[Person], port: int, page: str, goal: int) -> None:
    def ask(pause: float, times: int) -> list[float]:
        with ThreadPoolExecutor(PEOPLE) as threads:
            ran = threads.map(lambda person: person.looks(port, page, pause, times), people)
            return sorted(1000 * seconds for looks in ran for seconds in looks)

    ask(0, 2)  # every process has loaded what it needs
    alone = statistics.median(1000 * seconds for seconds in people[0].looks(port, page, 0, 10))
    busy, full = ask(1, 10), ask(0, LOOKS)
    print(
        f"| `{page}` | {alone:.0f} | {_high(busy):.0f} | {statistics.median(full):.0f} | {_high(full):.0f} | {goal} |",
        flush=True,
    )


def _high(took: list[float]) -> float:
    return took[int(len(took) * 0.95)]


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _wait_until(fulfilled: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not fulfilled():
        if time.monotonic() > until:
            raise SystemExit("the server did not begin")
        time.sleep(0.2)


if __name__ == "__main__":
    main()
