"""`sosu serve` on one machine: the page, Prefect's server and the runner of the flows, as children that end with it.

This process imports nothing of Prefect: it starts, watches and stops.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event
from time import monotonic
from types import FrameType

from engine.refusal import Refused
from flows import logs
from flows.children import Child
from flows.composition import composed
from flows.environment import HOST, page, prefect_environment
from flows.posting import operations_problem, post_of
from onboarding import trial
from settings import Settings

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_IN_TRIAL = "Prøvedriften er slået til: kun medarbejderne på prøvelisten får beskeder. Se »sosu trial show«.\n"
_LOOK_EVERY = 0.2  # seconds


def serve(say: Callable[[str], None], page_module: str) -> None:
    """Runs until SIGINT, SIGTERM or SIGHUP, and then leaves no process behind.

    `page_module` is the module that serves the page: flows know nothing of pages. Raises `Refused` when it cannot
    begin, and when a child ends by itself: then everything is stopped, and whoever watches over `sosu serve` (systemd,
    a person) starts it again.
    """
    with composed() as made:
        settings = made.settings
        post = post_of(settings, made.database)  # a mail address that cannot be used is refused now, not once a minute
        wrong = operations_problem(settings)
        with made.database.read() as session:
            in_trial = trial.is_on(session, post.destinations)
    with _stop_signals() as stop, _alone(settings), ExitStack() as stopping:
        say(_greeting(settings, in_trial=in_trial))
        if wrong is not None:  # it concerns nobody else's messages
            say(f"OBS: Driften får ikke besked, hvis en kanal holder op med at virke. {wrong}")
        logs.event("serve_started", port=settings.port, children=settings.workers + 2)
        children = [stopping.enter_context(child) for child in _children(settings, page_module)]
        _watch(children, stop)
        say("Stopper …")
        asked = monotonic()
        for child in children[1:]:  # all at once; Prefect's server, which the runner takes leave of, after them
            child.ask_to_end()
    logs.event("serve_stopped", seconds=round(monotonic() - asked, 3))
    say("Stoppet.")


def _greeting(settings: Settings, *, in_trial: bool) -> str:
    messages = "med mailserveren i SOSU_MAIL_URL" if settings.mail_url else f"som .eml-filer i {settings.outbox_dir}"
    return (
        f"Forløbene gennemgås {_every(settings.sweep_every)}. "
        f"Beskeder sendes {_every(settings.deliver_every)}, {messages}.\n"
        f"{_IN_TRIAL if in_trial else ''}"
        f"Siden er på {address(settings)}.\n"
        f"Prefect starter på {page(settings)}. Det tager op til et halvt minut."
    )


def _every(minutes: float) -> str:
    if minutes == 1:
        return "hvert minut"
    return f"hvert {minutes:.0f}. minut" if minutes.is_integer() else f"hvert {minutes * 60:.0f}. sekund"


def address(settings: Settings) -> str:
    """Where the page answers, for a browser on this machine."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  compared, not bound
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _children(settings: Settings, page_module: str) -> list[Child]:
    """Prefect's server first: they are stopped from the last to the first."""
    environment = os.environ | prefect_environment(settings)
    log = settings.prefect_dir / "server.log"
    return [
        Child("Prefects server", ("prefect", "server", "start"), environment, log),
        *(Child("Siden", (page_module,), os.environ) for _ in range(settings.workers)),
        Child("Afviklingen af gennemgang og udsendelse", ("flows.runner",), environment),
    ]


def _watch(children: list[Child], stop: Event) -> None:
    while not stop.wait(_LOOK_EVERY):
        for child in children:
            if child.has_ended():
                logs.event("part_ended", level=logging.ERROR, part=child.module, exit_code=child.exit_code)
                raise Refused(f"{child.title} stoppede af sig selv, så alt er stoppet. {child.remedy()}")


@contextmanager
def _stop_signals() -> Iterator[Event]:
    """Set when somebody asks this process to stop."""
    stop = Event()

    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, handle) for number in _STOP_SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Refuses a second `sosu serve` on the same folder, and a port that something else has."""
    settings.prefect_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (settings.prefect_dir / "serve.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system lets go of it when the process ends
        except BlockingIOError:
            raise Refused(
                f"»sosu serve« kører allerede her ({settings.prefect_dir}). Stop den anden, "
                "eller giv denne sin egen mappe (SOSU_PREFECT_DIR) og port (SOSU_PREFECT_PORT)."
            ) from None
        _refuse_taken(HOST, settings.prefect_port, "SOSU_PREFECT_PORT")
        _refuse_taken(settings.host, settings.port, "SOSU_PORT")
        yield


def _refuse_taken(host: str, port: int, setting: str) -> None:
    try:
        kind, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except socket.gaierror:
        raise Refused("Adressen i SOSU_HOST findes ikke. Skriv fx 127.0.0.1.") from None
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise Refused(
                f"Der kan ikke lyttes på port {port}. Ret SOSU_HOST eller {setting}, eller giv programmet lov."
            ) from None
        raise Refused(
            f"Port {port} er optaget af et andet program. Vælg en anden med {setting}, eller stop det, der bruger den."
        ) from None
