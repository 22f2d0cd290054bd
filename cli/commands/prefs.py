"""How people are told: what they chose, where else they are reached, and who stands in for them."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.desk import login, now, opened, today
from cli.options import Json, day_option
from cli.output import confirm, danish, say, table
from engine.refusal import Refused

if TYPE_CHECKING:
    from onboarding.signed import Signed

app = typer.Typer()
prefs = typer.Typer(
    help="Beskedvalg: hvornår og hvordan en medarbejder får besked, og hvem der afløser.", no_args_is_help=True
)
app.add_typer(prefs, name="prefs")

_Email = Annotated[str, typer.Argument(metavar="E-MAIL", help="Medarbejderen.")]
_TOPICS = "escalations, deadlines, endings, handovers eller moves."
_WAYS = ("mail", "sms", "teams", "ntfy", "webhook")
_CHANNELS = "mail, sms, teams, ntfy eller webhook."
_USUAL = "default"


@prefs.command()
def show(email: _Email, as_json_: Json = False) -> None:
    """Vis, hvad en medarbejder har valgt, hvor de ellers kan nås, og hvem der afløser."""
    from onboarding.absences import absences
    from onboarding.contacts import contacts, masked
    from onboarding.preferences import as_dict, preferences

    with opened(publish=False) as desk, desk.database.read() as session:
        chosen = preferences(session, email)
        found = as_dict(chosen)
        found["next_digest_at"] = chosen.choices.slots.next_after(now())
        found["contacts"] = contacts(session, email, masked(desk.settings.key_file))
        found["absences"] = absences(session, email, today())
    confirm(found, as_json_, _tell)


@prefs.command("set")
def set_times(
    email: _Email,
    hours: Annotated[
        str | None, typer.Option("--hours", help="Tidsrum på arbejdsdage, fx 07:00-17:00; always, eller default.")
    ] = None,
    days: Annotated[str | None, typer.Option("--digest-days", help="Ugedage, fx 12345; eller default.")] = None,
    at: Annotated[str | None, typer.Option("--digest-at", help="Klokkeslæt, fx 07:30; eller default.")] = None,
    as_json_: Json = False,
) -> None:
    """Vælg, hvornår beskeder må komme, og hvornår oversigten kommer. Det, der ikke nævnes, bliver, som det er."""
    from onboarding.preferences import choose_times, preferences

    if hours is None and days is None and at is None:
        raise Refused("Angiv mindst én af --hours, --digest-days og --digest-at. »default« er det, alle har.")
    with opened(publish=False) as desk, desk.database.write() as session:
        had = preferences(session, email)
        choose_times(
            session,
            email,
            hours=_chosen(hours, had.hours),
            digest_days=_chosen(days, had.said_days),
            digest_at=_chosen(at, had.said_at),
        )
    confirm({"staff": email, "saved": True}, as_json_, lambda _: say("Gemt. Det gælder også det, der venter."))


@prefs.command("topic")
def set_topic(
    email: _Email,
    topic: Annotated[str, typer.Argument(metavar="EMNE", help=_TOPICS)],
    pace: Annotated[str, typer.Option("--pace", help="at_once, digest eller never.")],
    channels: Annotated[
        list[str] | None, typer.Option("--channel", help=f"{_CHANNELS} Kan gentages. Ingen: mail.")
    ] = None,
    as_json_: Json = False,
) -> None:
    """Vælg, hvordan beskeder om ét emne kommer: med det samme, samlet eller slet ikke."""
    from engine.topic import Topic
    from models.message import Pace
    from onboarding.preferences import choose_topic

    if topic not in list(Topic):
        raise Refused(f"Emnet findes ikke. Vælg {_TOPICS}")
    if pace not in list(Pace):
        raise Refused("Vælg --pace at_once, digest eller never.")
    if not set(channels or ()) <= set(_WAYS):
        raise Refused(f"Kanalen findes ikke. Vælg --channel {_CHANNELS}")
    with opened(publish=False) as desk, desk.database.write() as session:
        choose_topic(session, email, Topic(topic), Pace(pace), channels or [])
    told = {"staff": email, "topic": topic, "pace": pace, "channels": channels or ["mail"]}
    confirm(told, as_json_, lambda _: say("Gemt. Det gælder også det, der venter."))


@prefs.command()
def contact(
    email: _Email,
    channel: Annotated[str, typer.Argument(metavar="KANAL", help="sms, teams, ntfy eller webhook.")],
    remove: Annotated[bool, typer.Option("--remove", help="Slet adressen.")] = False,
    address_stdin: Annotated[
        bool, typer.Option("--address-stdin", help="Læs adressen fra standard input, én linje.")
    ] = False,
    as_json_: Json = False,
) -> None:
    """Skriv, hvor en medarbejder ellers kan nås. Adressen er hemmelig, og der spørges om den."""
    from flows.posting import checked
    from onboarding.contacts import put_contact, remove_contact
    from onboarding.keyring import keyring_of

    if channel not in _WAYS[1:]:
        raise Refused("Kanalen skal være sms, teams, ntfy eller webhook. Mailen er medarbejderens egen.")
    typed = None if remove else _asked(address_stdin)
    with opened(publish=False) as desk, desk.database.write() as session:
        address, signed = None if typed is None else checked(desk.settings, channel, typed), _signed()
        if address is None:
            remove_contact(session, email, channel, signed)
        else:
            put_contact(session, keyring_of(session, desk.settings.key_file), email, channel, address, signed)
    saved = f"Gemt. Vælg, hvad der skal sendes dertil, med »sosu prefs topic {email}«."
    words = "Adressen er slettet." if remove else saved
    confirm({"staff": email, "channel": channel, "removed": remove}, as_json_, lambda _: say(words))


@prefs.command()
def away(
    email: _Email,
    from_on: Annotated[date, day_option("Første dag.", "--from")],
    until_on: Annotated[date, day_option("Sidste dag.", "--until")],
    stand_in: Annotated[str, typer.Option("--stand-in", help="E-mail på den, der afløser.")],
    as_json_: Json = False,
) -> None:
    """Skriv, at en medarbejder er væk, og hvem der får beskederne imens."""
    from onboarding.absences import be_away

    with opened(publish=False) as desk, desk.database.write() as session:
        be_away(session, email, from_on, until_on, stand_in, _signed())
    told = {"staff": email, "from_on": from_on, "until_on": until_on, "stand_in": stand_in}
    words = f"{stand_in} får {email}s beskeder fra {danish(from_on)} til og med {danish(until_on)}."
    confirm(told, as_json_, lambda _: say(words))


@prefs.command()
def back(
    email: _Email,
    number: Annotated[int, typer.Argument(metavar="NR", help="Fraværets nummer; se »sosu prefs show«.")],
    as_json_: Json = False,
) -> None:
    """Slet et fravær."""
    from onboarding.absences import be_back

    with opened(publish=False) as desk, desk.database.write() as session:
        be_back(session, email, number, _signed())
    confirm({"staff": email, "absence": number, "removed": True}, as_json_, lambda _: say("Fraværet er slettet."))


def _chosen(said: str | None, had: str | None) -> str | None:
    """What is not said stays; `default` is what nobody has chosen."""
    if said is None:
        return had
    return None if said.strip().lower() == _USUAL else said.strip()


def _asked(from_stdin: bool) -> str:
    """Raises `Refused` when there is nobody to ask."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Refused("Der er ingen terminal at spørge i. Giv adressen på standard input med --address-stdin.")
    return str(typer.prompt("Adresse", hide_input=True, err=True))


def _signed() -> Signed:
    from onboarding.signed import Signed, new_command_id

    return Signed(by=login(), on=today(), at=now(), command_id=new_command_id())


def _tell(found: dict[str, Any]) -> None:
    from notifications.digest import TITLES
    from reports.words import CHANNEL, PACE

    rows = [
        (t["topic"], TITLES[t["topic"]], PACE[t["pace"]], ", ".join(CHANNEL[way] for way in t["channels"]))
        for t in found["topics"]
    ]
    table(f"Beskeder til {found['staff']}", ("emne", "i ord", "hvornår", "hvordan"), rows)
    usual = {None: "arbejdsdage 07:00-17:00, når beskeder forlader maskinen", "always": "altid"}
    hours = usual.get(found["hours"]) or f"arbejdsdage {found['hours']}"
    say(f"Tidsrum: {hours}.")
    say(f"Oversigten kommer kl. {found['digest_at']} på ugedagene {found['digest_days']} (1 er mandag).")
    for channel, seen in found["contacts"].items():
        say(f"Kan også nås: {CHANNEL[channel]} {seen}")
    for absence in found["absences"]:
        days = f"{danish(absence['from_on'])} til {danish(absence['until_on'])}"
        said = "afløser" if absence["can"] else "kan ikke afløse mere, så beskederne går til medarbejderen selv"
        say(f"Fravær {absence['absence']}: {days}; {absence['stand_in']} {said}.")
        if not absence["can"]:
            say(f"Slet det med »sosu prefs back {found['staff']} {absence['absence']}«, og vælg en anden kollega.")
