"""The page's server: uvicorn, on loopback unless somebody says otherwise. `sosu serve` starts it as a child."""

from __future__ import annotations

import uvicorn

from flows.composition import composed, now, today
from web.app import create_app
from web.state import State


def main() -> None:
    with composed() as made:
        settings = made.settings
        state = State(made.database, settings.key_file, settings.public_url, now, today)
        app = create_app(state, settings.assets_dir)
        uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", server_header=False)


if __name__ == "__main__":
    main()
