"""The page's server: uvicorn, on loopback unless somebody says otherwise. `sosu serve` starts it as a child.

There may be several of them at one port (`SOSU_WORKERS`), between which the system shares out the browsers. They know
nothing of each other: whatever they share is in the database.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial

import uvicorn
from fastapi import FastAPI

from flows import logs
from flows.composition import composed, now, today
from flows.posting import channels_of, checked, destinations_of
from flows.runs import last_runs
from flows.wording import renderer_of
from web.app import create_app
from web.openid.chosen import chosen
from web.state import State

_LOOPBACK = "127.0.0.1"


def main() -> None:
    logs.set_up()
    with composed() as made:
        settings = made.settings
        state = State(
            made.database,
            settings.key_file,
            settings.public_url,
            now,
            today,
            renderer_of(settings.templates_dir),
            partial(channels_of, settings),
            chosen(settings),
            partial(last_runs, settings),
            partial(checked, settings),
            destinations_of(settings),
        )
        app = create_app(state, settings.assets_dir)
        with suppress(KeyboardInterrupt), shared(settings.host, settings.port) as place:  # Ctrl-C: how it is stopped
            run(app, place, settings.trusted_proxies)


def shared(host: str, port: int) -> socket.socket:
    """A place to listen at, beside others of this user who do so too."""
    kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server(address[:2], family=kind, reuse_port=True)


def run(app: FastAPI, place: socket.socket, proxies: str = _LOOPBACK) -> None:
    """Serves at a socket that is open already. `proxies` are believed when they say whom they ask for."""
    uvicorn.Server(configuration(app, proxies)).run(sockets=[at_once(place)])


def at_once(place: socket.socket) -> socket.socket:
    """The same, so that an answer leaves as it is written. asyncio sees to that for sockets that it makes itself; at
    others the body waits until the browser has acknowledged the headers, and that takes it 40 ms.
    """
    place.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # what is accepted there inherits it
    return place


def configuration(app: FastAPI, proxies: str = _LOOPBACK) -> uvicorn.Config:
    """No log of addresses: a calendar's is a secret."""
    return uvicorn.Config(
        app,
        log_config=None,  # `flows.logs` says it
        log_level="warning",
        access_log=False,
        server_header=False,
        lifespan="off",
        ws="none",
        forwarded_allow_ips=proxies,
    )


if __name__ == "__main__":
    main()
