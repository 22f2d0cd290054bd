"""A municipality after some months of the demo: two lists of candidates in all stages, and what went wrong since."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

from cli.demo import BEGINS, World
from models.keys import Keyring
from models.schema import make_ready
from models.session import Database
from notifications.channels.destination import Destination
from onboarding.pathways import publish
from onboarding.post import Post
from tests.municipality import PATHWAYS, PUBLIC_URL, RENDERER, Municipality
from tests.support import Clock, Postbox
from tests.web.site import goes_wrong

_WEEKS = 12
_NEWCOMERS = (
    "Nguyễn Thị Hồng Phương",
    "Anne-Marie Frederikke Christoffersen Rathlou",
    "Østen Ågård",
)


def busy(folder: Path, weeks: int = _WEEKS) -> Municipality:
    """Always the same: chance is sown, and the clock stands on the day after the last week."""
    database = Database(f"sqlite:///{folder / 'sosu.db'}")
    make_ready(database)
    clock, postbox = Clock(BEGINS), Postbox()
    with database.write() as session:
        publish(session, PATHWAYS.values(), clock.now)

    def post(day: date) -> Post:
        return Post.by_mail(postbox, Destination.FOLDER, RENDERER, PUBLIC_URL, Clock(day), Random(1))

    keyring = Keyring.at(folder / "keys.json")
    world = World(database, keyring, post, seed=1)
    world.begin()
    world.live(weeks, lambda _week: None)
    clock.moves_to(BEGINS + timedelta(weeks=weeks))
    town = Municipality(database, keyring, clock, postbox)
    newcomers = [town.enrols(name) for name in _NEWCOMERS]
    goes_wrong(town, newcomers[-1])
    return town
