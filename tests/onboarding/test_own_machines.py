"""Where everybody names a machine of their own: what one of them says or does not say is about that person alone."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.topic import Topic
from models.message import MAIL, Pace
from notifications.channels.destination import Destination
from notifications.channels.envelope import Answer, Envelope
from onboarding.contacts import put_contact
from onboarding.deliver import deliver
from onboarding.delivered import Delivered
from onboarding.outages import OUTAGE
from onboarding.post import Post
from onboarding.preferences import choose_topic
from onboarding.staffing import add_staff
from tests.municipality import ATTEMPT, PUBLIC_URL, RENDERER, SYD, SYD_AREA, VIBY, VIBY_AREA, Municipality
from tests.onboarding.absent import OTHER, THIRD, away
from tests.support import Postbox

NTFY = "ntfy"
AWAY = Answer(ok=False, detail="Der er ingen, der svarer.", unreachable=True)
WRONG = Answer(ok=False, detail="Adressen findes ikke.", permanent=True)
LOST = Answer(ok=False, detail="Svaret gik tabt.", uncertain=True)


@dataclass(slots=True)
class Machines(Postbox):
    """One machine for each person; `says` is what some of them answer instead of taking a message in."""

    name: str = NTFY
    says: dict[str, Answer] = field(default_factory=dict)

    def send(self, envelope: Envelope) -> Answer:
        return self.says.get(envelope.recipient) or Postbox.send(self, envelope)


def wants_ntfy(town: Municipality, email: str, *beside: str) -> None:
    with town.database.write() as session:
        put_contact(session, town.keyring, email, NTFY, email, town.signed(email))
        choose_topic(session, email, Topic.MOVES, Pace.AT_ONCE, [NTFY, *beside])


def delivers(town: Municipality, machines: Machines) -> Delivered:
    ways: dict[str, Postbox] = {MAIL: town.postbox, NTFY: machines}
    here = dict.fromkeys(ways, Destination.FOLDER)
    return deliver(
        town.database, Post(ways, here, RENDERER, PUBLIC_URL, town.clock, town.post().random, town.keyring.open)
    )


def test_it_comes_by_mail_when_an_address_of_ones_own_is_wrong(either_town: Municipality) -> None:
    """And two who cannot write theirs are no outage of the channel."""
    for email in (VIBY, SYD):
        wants_ntfy(either_town, email)
    machines = Machines(says={VIBY: WRONG, SYD: WRONG})
    either_town.enrols()
    either_town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    assert delivers(either_town, machines) == Delivered(failed=2, left=2)
    assert delivers(either_town, machines) == Delivered(sent=2)
    assert [len(either_town.postbox.to(email)) for email in (VIBY, SYD)] == [1, 1]
    assert either_town.rows(OUTAGE) == []
    first = either_town.rows(ATTEMPT)[0]
    assert (first["channel"], first["detail"]) == (NTFY, WRONG.detail)


def test_it_comes_by_mail_within_two_days_when_a_machine_of_ones_own_is_away_for_good(
    either_town: Municipality,
) -> None:
    for email in (VIBY, SYD):
        wants_ntfy(either_town, email)
    machines, sent_by_mail_after = Machines(says={VIBY: AWAY}), 0
    either_town.enrols()
    either_town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    for hour in range(48):
        delivers(either_town, machines)
        sent_by_mail_after = sent_by_mail_after or (hour if either_town.postbox.to(VIBY) else 0)
        either_town.clock.passes(hours=1)
    assert 10 < sent_by_mail_after < 48
    assert len(either_town.postbox.to(VIBY)) == 1
    assert len(machines.envelopes) == 1
    assert either_town.rows(OUTAGE) == []


def test_it_comes_by_mail_when_the_machines_of_three_people_are_away_for_good(office: Municipality) -> None:
    """It is taken for an outage of the channel, of which operations hear; nobody waits for ever."""
    people = (VIBY, OTHER, THIRD)
    for email in people:
        wants_ntfy(office, email)
        office.enrols(coordinator=email)
    machines = Machines(says=dict.fromkeys(people, AWAY))
    for _ in range(5 * 24):
        delivers(office, machines)
        office.clock.passes(hours=1)
    assert [len(office.postbox.to(email)) for email in people] == [1, 1, 1]
    assert len(office.rows(OUTAGE)) == 1


def test_it_is_given_up_when_mail_has_it_too_or_it_may_have_come(either_town: Municipality) -> None:
    wants_ntfy(either_town, VIBY, MAIL)
    either_town.enrols()
    assert delivers(either_town, Machines(says={VIBY: WRONG})) == Delivered(sent=1, dead=1)
    wants_ntfy(either_town, SYD)
    either_town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    for _ in range(3):
        delivers(either_town, Machines(says={SYD: LOST}))
        either_town.clock.passes(hours=25)
    assert [(row["state"], row["reason"]) for row in either_town.messages(channel=NTFY)] == [
        ("dead", "refused_for_good"),
        ("dead", "may_be_received"),
    ]
    assert either_town.postbox.to(SYD) == []


def test_it_goes_by_mail_after_all_when_mail_was_to_have_it_too_and_is_not_wanted_any_more(
    either_town: Municipality,
) -> None:
    wants_ntfy(either_town, VIBY, MAIL)
    with either_town.database.write() as session:
        choose_topic(session, VIBY, Topic.MOVES, Pace.DIGEST, [NTFY, MAIL])
    either_town.enrols()
    machines = Machines(says={VIBY: WRONG})
    assert delivers(either_town, machines) == Delivered()  # both ways are made, and wait for the digest
    wants_ntfy(either_town, VIBY)
    either_town.clock.passes(days=1)
    for _ in range(2):
        delivers(either_town, machines)
        either_town.clock.passes(minutes=1)
    assert len(either_town.postbox.to(VIBY)) == 1


def has_one_told_by_both_ways_and_one_by_ntfy_alone(town: Municipality) -> list[str]:
    """In digests; gives their references."""
    wants_ntfy(town, VIBY)
    with town.database.write() as session:
        choose_topic(session, VIBY, Topic.MOVES, Pace.DIGEST, [MAIL, NTFY])
        choose_topic(session, VIBY, Topic.HANDOVERS, Pace.DIGEST, [NTFY])
    by_both = town.enrols()
    alone = town.enrols("Iryna Bondar", area=SYD_AREA, coordinator=SYD)
    alone.is_assigned(VIBY, VIBY_AREA, by=SYD)
    return [by_both.reference, alone.reference]


def times_told(town: Municipality, references: list[str]) -> list[int]:
    """By mail, whoever reads it."""
    return [sum(reference in mail.text for mail in town.postbox.envelopes) for reference in references]


def test_a_digest_that_goes_by_mail_after_all_leaves_out_what_mail_tells(either_town: Municipality) -> None:
    references = has_one_told_by_both_ways_and_one_by_ntfy_alone(either_town)
    machines = Machines(says={VIBY: WRONG})
    delivers(either_town, machines)
    either_town.postbox.envelopes.clear()
    either_town.clock.passes(days=1)
    for _ in range(2):
        delivers(either_town, machines)
        either_town.clock.passes(minutes=1)
    assert times_told(either_town, references) == [1, 1]


def test_so_does_a_digest_for_a_stand_in_who_has_no_such_address(either_town: Municipality) -> None:
    references = has_one_told_by_both_ways_and_one_by_ntfy_alone(either_town)
    with either_town.database.write() as session:
        add_staff(session, OTHER, "Ida Viby", "coordinator", [VIBY_AREA])
    delivers(either_town, Machines())
    either_town.postbox.envelopes.clear()
    either_town.clock.passes(days=1)
    delivers(either_town, Machines(says={VIBY: AWAY}))
    away(either_town, VIBY, OTHER, either_town.clock.today)
    either_town.clock.passes(hours=1)
    delivers(either_town, Machines())
    assert [mail.recipient for mail in either_town.postbox.envelopes] == [VIBY, OTHER]
    assert times_told(either_town, references) == [1, 1]
