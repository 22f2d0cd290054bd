"""The page's server: uvicorn, on loopback unless somebody says otherwise. `sosu serve` starts it as a child."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Any

import uvicorn
from fastapi import FastAPI

from flows.composition import composed, now, today
from web.app import create_app
from web.state import State


def main() -> None:
    with composed() as made:
        settings = made.settings
        state = State(made.database, settings.key_file, settings.public_url, now, today)
        app = create_app(state, settings.assets_dir)
        with suppress(KeyboardInterrupt):  # which is how it is asked to stop
            uvicorn.Server(configuration(app, host=settings.host, port=settings.port)).run()


def run(app: FastAPI, place: socket.socket) -> None:
    """Serves at a socket that is open already."""
    uvicorn.Server(configuration(app)).run(sockets=[place])


def configuration(app: FastAPI, **where: Any) -> uvicorn.Config:
    """`where` is the address to listen at, as uvicorn takes it."""
    return uvicorn.Config(app, log_level="warning", server_header=False, lifespan="off", ws="none", **where)


if __name__ == "__main__":
    main()
