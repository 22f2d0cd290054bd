"""What the answers of a channel's other end say of the channel: that it reaches nobody, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlmodel import Session

from notifications.channels.envelope import Answer
from onboarding.addressing import Addressee
from onboarding.outbox import is_alone_in_failing
from onboarding.refusals import out_of_reach, refused_in_vain

#: Messages in a row about which the other end says nothing. Then the others are left in the queue.
MOST_SILENCES = 3
#: People in a row to whom the other end says no, for now or for good, in however many deliveries: it refuses us, not
#: them. Fewer, two at the least, are enough where it is everybody for whom something waits.
MOST_REFUSED, FEWEST_REFUSED = 5, 2

#: The ways of which each person names the machine at the other end: what one says is said of one person.
ONE_EACH = frozenset({"teams", "ntfy", "webhook"})


@dataclass(slots=True)
class OtherEnd:
    """Hears the answers of one delivery, one after the other. `is_out`: an outage lasts. `people`: for how many
    something waits. `refused`: the messages that it refused since one went through, by whom they went to; `before`:
    those of earlier deliveries, None until it is looked up. `at_fault` are people whom it refused while it took what
    was for others: that they are refused again says nothing of the channel.
    """

    way: str
    is_out: bool = False
    people: int = 0
    refused: dict[int, list[int]] = field(default_factory=dict)
    before: Mapping[int, Sequence[int]] | None = None
    at_fault: frozenset[int] = frozenset()
    _silent: list[int] = field(default_factory=list)

    def goes_on_being_silent(self, session: Session, message_id: int, answer: Answer, name: str) -> bool:
        """Whether it has been silent about this message again and again, and about all others too: where few are sent,
        no delivery by itself hears several silences.
        """
        if not _is_silent(answer) or self.way in ONE_EACH:
            return False
        before = 1 if answer.uncertain else MOST_SILENCES - 1
        return not is_alone_in_failing(session, message_id, name, tries=before)

    def said(self, answer: Answer, *, goes_on: bool) -> Answer:
        """The answer: no refusal and no doubt where it is so to everybody, and says nothing of this message."""
        if answer.ok or not (self.is_out or (goes_on and answer.uncertain)):
            return answer
        return replace(answer, permanent=False, unreachable=True)

    def counted(self, answer: Answer) -> Answer:
        """What of it counts against the message: silence too, where it is of a machine that one person names. It may be
        away for good, as those of others may that are taken for an outage: then it goes by mail in the end.
        """
        return replace(answer, unreachable=False) if self.way in ONE_EACH else answer

    def remembers(self, session: Session, answer: Answer, name: str) -> None:
        """Whom it refused in earlier deliveries, when it refuses somebody: where few are sent to, a delivery by itself
        hears no several people refused.
        """
        if self.before is None and not (answer.ok or _is_silent(answer) or self.way in ONE_EACH):
            self.before, self.at_fault = refused_in_vain(session, self.way, name), out_of_reach(session, name)

    def hears(self, answer: Answer, to: Addressee | None, message_id: int) -> bool:
        """Whether it is given up by now: it is silent, or refuses one after the other."""
        silent = _is_silent(answer)
        if silent and to is not None:
            self._silent.append(to.staff_id)
        else:
            self._silent.clear()
        if answer.ok:
            self.refused.clear()
            self.before = None
        elif not silent and to is not None:
            self.refused.setdefault(to.staff_id, []).append(message_id)
        most = 1 if self.is_out else MOST_SILENCES
        silences = len(set(self._silent) if self.way in ONE_EACH else self._silent)
        return silences >= most or self.refuses_everybody()

    def refuses_everybody(self) -> bool:
        people = (self.refused.keys() | (self.before or {}).keys()) - self.at_fault
        return self.way not in ONE_EACH and len(people) >= min(MOST_REFUSED, max(FEWEST_REFUSED, self.people))

    def given_up(self) -> tuple[list[int], list[int]]:
        """The messages that it refused to people who are not at fault: in this delivery, and before it."""
        both = (self.refused, self.before or {})
        now, before = ([one for who, ids in of.items() if who not in self.at_fault for one in ids] for of in both)
        return now, before


def _is_silent(answer: Answer) -> bool:
    return answer.unreachable or answer.uncertain
