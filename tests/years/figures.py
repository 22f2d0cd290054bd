"""What simulated years held, and what went wrong in them."""

from __future__ import annotations

from tests.years.play import Play

WRONG = (
    *("lost", "repeated", "repeated, over or nobody's", "over", "late", "not wanted", "outside hours", "untrue"),
    *("undone", "beyond", "apart", "before its slot", "unreadable", "a storm"),
)


def figures(play: Play) -> dict[str, int]:
    counts = play.oracle.counts
    return {
        "enrolments": len(play.oracle.cases),
        "transitions": play.transitions,
        "stops and outages": len(play.stops.planned),
        "failed attempts": sum(sum(server.troubles.values()) for server in play.servers.values()),
        "managers followed by another": counts["manager followed"],
        "coordinators followed by another": counts["coordinator followed"],
        "officers followed by another": counts["jobcenter_officer followed"],
        "coordinators who were taken out and put back": counts["came back"],
        "messages that arrived": counts["arrived"],
        "of them digests": counts["digests"],
        "facts": counts["facts"],
        "owed to somebody by some channel": counts["owed"],
        "cancelled before they were told": counts["cancelled"],
        "refused by choice": counts["refused by choice"],
        "came again after a lost answer": counts["came again after a lost answer"],
        **{f"wrong: {name}": counts[name] for name in WRONG},
    }
