"""What can be seen: one enrolment, a board, a report, a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Annotated, Any

import typer

from cli.desk import opened, today
from cli.input import cpr_from_input
from cli.options import From, Json, On, Pathway, Reference, To
from cli.output import answer, danish, say, table, within
from reports.words import STATUS, happened

app = typer.Typer()


@app.command()
def show(reference: Reference, on: On = None, as_json_: Json = False) -> None:
    """Vis ét forløb: trin, plan, milepæle, historik og beskeder."""
    from onboarding.past import Past
    from onboarding.store import find
    from reports.case import show as show_case
    from reports.timeline import transitions

    with opened(publish=False) as desk, desk.database.read() as session:
        case = show_case(session, reference, on or today())
        loaded = find(session, reference, lock=False)
        history = [] if as_json_ else list(transitions(loaded, Past.of(session, loaded)))
    answer(case, as_json_, partial(_print_case, history))


def _print_case(history: Sequence[Mapping[str, Any]], case: dict[str, Any]) -> None:
    late = ", over tid" if case["overdue"] else ""
    say(f"{case['enrolment']} · {case['pathway_title']} (version {case['version']})")
    say(f"{case['stage_title']}: {STATUS[case['status']]}{late}. Frist {danish(case['due_on'])}.")
    if case["snooze"]:
        until = case["snooze"]["until"]
        rests = f"Rykkere udsat til {danish(until)}" if until else "Håndteres andetsteds"
        say(f"{rests} ({case['snooze']['reason_title']}).")
    say(f"{case['area']} · {case['coordinator']}\n")
    table("Plan", ("trin", "planlagt", "prognose", "faktisk"), list(_plan(case["plan"])))
    for step in case["steps"]:
        how = "sker automatisk" if step["automatic"] else f"i hånden: sosu move {case['enrolment']} {step['step']}"
        say(f"\n→ {step['title']} ({how})")
        for unmet in step["unmet"]:
            say(f"  mangler: {unmet}")
    say()
    milestones = [(m["title"], m["value"], danish(m["on"]), m["by"]) for m in case["milestones"]]
    table("Milepæle", ("milepæl", "værdi", "nået", "registreret af"), milestones)
    rows = [
        (seq, danish(one["on"]), happened(one, danish(one["review_on"])), one["from"], one["to"], one["by"])
        for seq, one in enumerate(history, start=1)
    ]
    table("Historik", ("nr.", "dato", "handling", "fra", "til", "af"), rows)
    sent = [
        (m["message"], danish(m["on"]), m["kind"], m["recipient"] or m["audience"], m["state"])
        for m in case["messages"]
    ]
    table("Beskeder", ("nr.", "dato", "besked", "til", "tilstand"), sent)


def _plan(stages: Sequence[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    """A row a stage; the stages of a larger unit stand under its own row, which ends when the last of them does."""
    for unit, group in groupby(stages, key=itemgetter("part_of")):
        parts = list(group)
        if unit is not None:
            yield unit, *_ends(parts[-1])
        for part in parts:
            yield f"{'– ' if unit else ''}{part['title']}", *_ends(part)


def _ends(stage: dict[str, Any]) -> tuple[str, ...]:
    return tuple(danish(stage[f"{kind}_end"]) for kind in ("planned", "forecast", "actual"))


@app.command()
def board(pathway: Pathway, on: On = None, as_json_: Json = False) -> None:
    """Vis tavlen: hvor mange der er i hvert trin, på pause, tæt på fristen og over tid."""
    from reports.board import board as make_board

    with opened() as desk, desk.database.read() as session:
        made = make_board(session, pathway, on or today())
    answer(made, as_json_, print_board)


def print_board(board: dict[str, Any]) -> None:
    counts = ("open", "paused", "due_soon", "overdue")
    rows = [[_in_unit(stage), *(stage[count] for count in counts)] for stage in board["stages"]]
    title = f"{board['title']}, {danish(board['on'])}"
    table(title, ("trin", "i gang", "på pause", "frist inden 14 dage", "over tid"), rows)
    table("Afsluttet", ("hvordan", "antal"), [(ending["title"], ending["count"]) for ending in board["endings"]])


def _in_unit(stage: dict[str, Any]) -> str:
    return f"{stage['part_of']}: {stage['title']}" if stage["part_of"] else str(stage["title"])


@app.command()
def report(pathway: Pathway, since: From = None, until: To = None, as_json_: Json = False) -> None:
    """Vis status: begyndt, aktive, gennemført, ansat, frafaldet og hvorfor; for en periode eller for hele tiden."""
    from reports.period import Period
    from reports.status import status_report

    if since and until and since > until:
        raise typer.BadParameter("perioden slutter, før den begynder; ret en af datoerne", param_hint="--to")

    with opened() as desk, desk.database.read() as session:
        made = status_report(session, pathway, None, Period(since, until))
    answer(made, as_json_, print_report)


def print_report(report: dict[str, Any]) -> None:
    figures = {
        "indskrevet i alt": "enrolled",
        "aktive": "active",
        "gennemført": "completed",
        "heraf uddannet": "qualified",
        "heraf ansat": "employed",
        "heraf videre i uddannelse": "in_education",
        "frafald": "dropped_out",
        "ikke optaget": "not_admitted",
        "overgået til andet forløb": "transferred",
    }
    rows = [(words, report[key]) for words, key in figures.items()]
    rows += [(f"frafald, {title.lower()}", count) for title, count in report["by_reason_title"].items()]
    table(f"Status: {report['title']}{within(report)}", ("", "antal"), rows)


@app.command("list")
def list_(
    pathway: Pathway,
    stage: Annotated[str | None, typer.Option("--stage", help="Kun dem i dette trin.")] = None,
    coordinator: Annotated[str | None, typer.Option("--coordinator", help="Kun denne koordinators.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Kun dem, der er over tid.")] = False,
    ended: Annotated[bool, typer.Option("--ended", help="Også afsluttede.")] = False,
    on: On = None,
    as_json_: Json = False,
) -> None:
    """Vis forløbenes referencer med trin og frist."""
    from reports.enrolments import list_enrolments

    with opened() as desk, desk.database.read() as session:
        found = list_enrolments(
            session,
            pathway,
            on or today(),
            stage=stage,
            coordinator=coordinator,
            only_overdue=overdue,
            with_ended=ended,
        )
    answer(found, as_json_, _print_list)


def _print_list(found: list[dict[str, Any]]) -> None:
    rows = [(e["enrolment"], e["stage"], STATUS[e["status"]], danish(e["due_on"]), e["area"]) for e in found]
    table(f"{len(rows)} forløb", ("reference", "trin", "status", "frist", "værtsområde"), rows)


@app.command()
def find(
    cpr: Annotated[str, typer.Option("--cpr", help="Altid »-«: CPR-nummeret læses fra standard input.")] = "-",
    as_json_: Json = False,
) -> None:
    """Find en kandidats forløb ud fra CPR-nummeret på standard input."""
    from onboarding.keyring import keyring_of
    from reports.enrolments import enrolments_of

    number = cpr_from_input(cpr)
    with opened(publish=False) as desk, desk.database.read() as session:
        found = enrolments_of(session, keyring_of(session, desk.settings.key_file), number)
    answer(found, as_json_, _print_found)


def _print_found(found: list[dict[str, Any]]) -> None:
    rows = [(e["enrolment"], e["pathway"], e["stage"], STATUS[e["status"]], danish(e["starts_on"])) for e in found]
    table(f"{len(rows)} forløb", ("reference", "forløb", "trin", "status", "begyndt"), rows)
