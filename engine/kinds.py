"""What messages tell of, in every pathway: each kind is a folder of templates that all of them share.

A step's own message has the step's key for its kind. So no step may have the key of one of these: it would be told in
their words, or they in its.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.case import Rung
from engine.history import Verb

MOVED = "moved"
ANNULLED = "annulled"  # an undo that takes back the beginning
PROLONGED = "pause_prolonged"  # a pause that follows another on the same day
PROLONGING_UNDONE = "prolonging_undone"
LIST_IMPORTED, LIST_UNDONE = "list_imported", "list_undone"
ASSIGNED = "assigned"
DIGEST = "digest"  # many messages to one person, told as one

#: A transition that is no step.
OF_VERB: Mapping[Verb, str] = {
    Verb.ENROL: "enrolled",
    Verb.ASSIGN: ASSIGNED,
    Verb.SNOOZE: "snoozed",
    Verb.ELSEWHERE: "handled_elsewhere",
    Verb.REMIND: "reminded_again",
    Verb.DROP: "dropped_out",
    Verb.TRANSFER: "transferred",
    Verb.PAUSE: "paused",
    Verb.RESUME: "resumed",
    Verb.UNDO: "undone",
}
OF_RUNG: Mapping[Rung, str] = {
    Rung.BEFORE: "reminder_before",
    Rung.ON: "reminder_on",
    Rung.AFTER: "reminder_after",
    Rung.ESCALATION: "escalation",
    Rung.REVIEW: "pause_review",
    Rung.FORGOTTEN: "pause_forgotten",
}
REMINDERS = frozenset(OF_RUNG.values())
#: What the manager is reminded of too.
GOES_UP = frozenset({OF_RUNG[Rung.ESCALATION], OF_RUNG[Rung.FORGOTTEN]})
#: What says for how long somebody is late.
OF_LATENESS = frozenset({OF_RUNG[Rung.AFTER], OF_RUNG[Rung.ESCALATION]})
#: What takes back something that somebody may have been told of.
TAKING_BACK = frozenset({OF_VERB[Verb.UNDO], ANNULLED, PROLONGING_UNDONE})
SHARED = frozenset(
    {
        MOVED,
        ANNULLED,
        PROLONGED,
        PROLONGING_UNDONE,
        LIST_IMPORTED,
        LIST_UNDONE,
        DIGEST,
        *OF_VERB.values(),
        *REMINDERS,
    }
)
