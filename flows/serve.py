"""`sosu serve` on one machine: Prefect's server and the runner of the flows, as children that end when it ends.

This process imports nothing of Prefect: it starts, watches and stops.
"""

from __future__ import annotations

import fcntl
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from threading import Event
from types import FrameType

from engine.refusal import Refused
from flows.children import Child
from flows.composition import composed
from flows.environment import HOST, page, prefect_environment
from flows.posting import post_of
from settings import Settings

_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_LOOK_EVERY = 0.2  # seconds


def serve(say: Callable[[str], None]) -> None:
    """Runs until SIGINT, SIGTERM or SIGHUP, and then leaves no process behind.

    Raises `Refused` when it cannot begin, and when a child ends by itself: then everything is stopped, and whoever
    watches over `sosu serve` (systemd, a person) starts it again.
    """
    with composed() as made:
        settings = made.settings
        post_of(settings)  # a mail address that cannot be used is refused now, not once a minute
    with _stop_signals() as stop, _alone(settings), ExitStack() as stopping:
        say(_greeting(settings))
        children = [stopping.enter_context(child) for child in _children(settings)]
        _watch(children, stop)
        say("Stopper …")
    say("Stoppet.")


def _greeting(settings: Settings) -> str:
    messages = "med mailserveren i SOSU_MAIL_URL" if settings.mail_url else f"som .eml-filer i {settings.outbox_dir}"
    return (
        f"Forløbene gennemgås {_every(settings.sweep_every)}. "
        f"Beskeder sendes {_every(settings.deliver_every)}, {messages}.\n"
        f"Prefect starter på {page(settings)}. Det tager op til et halvt minut."
    )


def _every(minutes: float) -> str:
    if minutes == 1:
        return "hvert minut"
    return f"hvert {minutes:.0f}. minut" if minutes.is_integer() else f"hvert {minutes * 60:.0f}. sekund"


def _children(settings: Settings) -> list[Child]:
    environment = os.environ | prefect_environment(settings)
    log = settings.prefect_dir / "server.log"
    return [
        Child("Prefects server", ("prefect", "server", "start"), environment, log),
        Child("Afviklingen af gennemgang og udsendelse", ("flows.runner",), environment),
    ]


def _watch(children: list[Child], stop: Event) -> None:
    while not stop.wait(_LOOK_EVERY):
        for child in children:
            if child.has_ended():
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
        _refuse_taken(settings.prefect_port)
        yield


def _refuse_taken(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise Refused(
                f"Port {port} er optaget af et andet program. Vælg en anden med SOSU_PREFECT_PORT, "
                "eller stop det, der bruger den."
            ) from None
