"""What time brings about: advance and deliver, and what went wrong with either."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.desk import now, opened, today
from cli.options import Json, On, day_option
from cli.output import answer, confirm, danish, progress, say, table, warn, within
from cli.posting import post_for, where_messages_go
from reports.words import counted, why_unsent

if TYPE_CHECKING:
    from onboarding.advance import Advanced
    from onboarding.delivered import Delivered

app = typer.Typer()

_ONE_PATHWAY = typer.Option("--pathway", help="Kun dette forløb.")


@app.command()
def advance(pathway: Annotated[str | None, _ONE_PATHWAY] = None, on: On = None, as_json_: Json = False) -> None:
    """Flyt dem, hvis tid er kommet, og ryk for dem, der er over tid. Kan køres igen og igen."""
    from onboarding.advance import advance as advance_verb
    from onboarding.advance import count_due
    from onboarding.pathways import newest

    day = on or today()
    with opened() as desk:
        with desk.database.read() as session:
            if pathway is not None:
                newest(session, pathway)  # an unknown one is refused
            total = count_due(session, day, pathway)
        with progress("Gennemgår", total, quiet=as_json_) as step:
            done = advance_verb(desk.database, day, now(), pathway, step)
    confirm({"on": day.isoformat(), **asdict(done)}, as_json_, lambda _: _tell_advanced(day, done))


def _tell_advanced(day: date, done: Advanced) -> None:
    say(
        f"{danish(day)}: {done.due} gennemgået, {done.moved} flyttet, "
        f"{counted(done.reminders, 'rykker', 'rykkere')}, {counted(done.messages, 'besked', 'beskeder')} lagt i kø."
    )
    if day > today():
        say("Den dag er ikke kommet: det, der er flyttet og rykket for nu, sker ikke igen, når den kommer.")
    if done.incidents:
        say(f"{done.incidents} kunne ikke afgøres; se »sosu incidents«.")
    if done.messages:
        say("Send beskederne med »sosu deliver«.")


@app.command()
def deliver(as_json_: Json = False) -> None:
    """Send de beskeder, der venter. Exit-kode 1, når ingen kunne sendes, fordi mailserveren er væk."""
    from cli.attention import last_failure
    from onboarding.deliver import deliver as deliver_verb
    from onboarding.outbox import count_waiting

    with opened() as desk:
        post, begun_at = post_for(desk), now()
        with desk.database.read() as session:
            total = count_waiting(session)
        with progress("Sender", total, quiet=as_json_) as step:
            done = deliver_verb(desk.database, post, step)
        with desk.database.read() as session:
            last = last_failure(session, begun_at)
        place = where_messages_go(desk)
    answered = {"last_answer": last.detail if last else None}
    confirm({**asdict(done), **answered, **place}, as_json_, partial(_tell_delivered, done))
    if done.stopped is not None:
        why = f"Udsendelsen stoppede, og resten bliver i køen. {done.stopped}"
    elif last is not None:
        why = f"Seneste svar: {last.detail}"
    else:
        return
    server_is_away = done.stopped is not None or (last is not None and not last.attempts)
    if server_is_away and not done.sent:
        warn(why if done.stopped else f"Ingen beskeder kunne sendes; de bliver i køen. {why}")
        raise typer.Exit(1)
    if not as_json_:
        say(why)


def _tell_delivered(done: Delivered, told: dict[str, Any]) -> None:
    say(f"{done.sent} sendt, {done.failed} prøves igen, {done.skipped} sprunget over, {done.dead} opgivet.")
    if "outbox" in told and done.sent:
        say(f"Der er ingen mailserver (SOSU_MAIL_URL), så beskederne ligger som .eml-filer i {told['outbox']}")
    if done.received:
        say(f"{done.received} sendt tidligere, nu er de modtaget.")
    if done.left:
        say(f"{done.left} venter endnu.")
    if done.dead:
        say("Se de opgivne med »sosu messages --dead«, og send dem igen med »sosu resend«.")


@app.command()
def messages(
    dead: Annotated[bool, typer.Option("--dead", help="Kun de opgivne.")] = False,
    effect: Annotated[bool, typer.Option("--effect", help="Hvor ofte nogen handlede i ugen efter en rykker.")] = False,
    since: Annotated[date | None, day_option("Med --effect: sendt fra og med den dag.", "--since")] = None,
    until: Annotated[date | None, day_option("Med --effect: sendt til og med den dag.", "--until")] = None,
    pathway: Annotated[str | None, _ONE_PATHWAY] = None,
    as_json_: Json = False,
) -> None:
    """Vis beskedernes tilstand, de opgivne og hvorfor, eller om rykkerne virker."""
    from reports.messages import by_state, dead_letters

    if dead and effect:
        raise typer.BadParameter("vælg én af --dead og --effect", param_hint="--effect")
    if not effect and (since or until or pathway):
        raise typer.BadParameter("--since, --until og --pathway hører til --effect", param_hint="--effect")
    if effect:
        answer(_effects(since, until, pathway), as_json_, _print_effects)
        return
    with opened(publish=False) as desk, desk.database.read() as session:
        found = dead_letters(session) if dead else by_state(session)
    answer(found, as_json_, _print_dead if dead else _print_states)


def _effects(since: date | None, until: date | None, pathway: str | None) -> list[dict[str, Any]]:
    from onboarding.pathways import known_keys, newest
    from reports.effect import effect, told
    from reports.period import Period

    if since and until and since > until:
        raise typer.BadParameter("perioden slutter, før den begynder; ret en af datoerne", param_hint="--until")
    period = Period(since, until)
    with opened() as desk, desk.database.read() as session:
        keys = known_keys(session) if pathway is None else [newest(session, pathway).key]
        found = [(newest(session, key), effect(session, key, now(), None, period, leaves=False)) for key in keys]
    return [told(one, period, heard) for one, heard in found]


def _print_effects(found: list[dict[str, Any]]) -> None:
    from web.words import begun, kind

    headings = (
        "besked",
        "sendt for over en uge siden",
        "fulgt af en handling",
        "procent",
        "dage til den",
        "sendt den seneste uge",
    )
    for one in found:
        numbers = ("sent", "followed", "share", "days", "too_early")
        rows = [(begun(kind(r["kind"])), *("–" if r[n] is None else r[n] for n in numbers)) for r in one["reminders"]]
        table(one["title"] + within(one), headings, rows)
        say()
    say("En handling inden for en uge er ikke det samme som, at beskeden var grunden til den.")


def _print_dead(found: list[dict[str, Any]]) -> None:
    letters = [
        (f["message"], f["enrolment"], f["kind"], f["recipient"], why_unsent(f["reason"]) or f["reason"], f["detail"])
        for f in found
    ]
    table("Opgivne beskeder", ("nr.", "forløb", "besked", "til", "hvorfor", "sidste svar"), letters)


def _print_states(found: list[dict[str, Any]]) -> None:
    table(
        "Beskeder",
        ("tilstand", "hvorfor", "antal"),
        [(f["state"], why_unsent(f["reason"]) or f["reason"], f["count"]) for f in found],
    )


@app.command()
def resend(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[NR]...", help="Beskedernes numre.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Alle opgivne.")] = False,
    as_json_: Json = False,
) -> None:
    """Læg opgivne beskeder i kø igen."""
    from engine.refusal import Refused
    from onboarding.outbox import resend as resend_verb

    if not numbers and not everything:
        raise Refused("Angiv beskedernes numre, eller --all for alle opgivne.")
    with opened(publish=False) as desk, desk.database.write() as session:
        count = resend_verb(session, numbers or [], now())
    words = f"{count} lagt i kø. Send dem med »sosu deliver«."
    confirm({"queued": count}, as_json_, lambda _: say(words))


@app.command()
def incidents(as_json_: Json = False) -> None:
    """Vis de forløb, der ikke kunne afgøres ved en gennemgang."""
    from onboarding.incidents import open_incidents

    with opened(publish=False) as desk, desk.database.read() as session:
        found = open_incidents(session)
    answer(found, as_json_, _print_incidents)


def _print_incidents(found: list[dict[str, Any]]) -> None:
    rows = [(i["enrolment"], i["stage"], i["error"], danish(i["last_on"]), i["times"]) for i in found]
    table(
        "Hændelser i driften" if rows else "Ingen hændelser i driften",
        ("forløb", "trin", "fejl", "senest", "gange"),
        rows,
    )
