"""The page's server: uvicorn, on loopback unless somebody says otherwise."""

from __future__ import annotations

from pathlib import Path

import uvicorn

from flows.composition import composed, now, today
from web.app import create_app
from web.state import State

ASSETS = Path(__file__).resolve().parent.parent / "node_modules"


def main() -> None:
    with composed() as made:
        settings = made.settings
        state = State(made.database, settings.key_file, settings.public_url, now, today)
        uvicorn.run(create_app(state, ASSETS), host=settings.host, port=settings.port, log_level="warning")


if __name__ == "__main__":
    main()
