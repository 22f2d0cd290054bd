"""What messages say: seen, checked and tried out before anybody is sent one."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.desk import now, opened, today
from cli.options import Json
from cli.output import answer, confirm, say, table
from engine.kinds import SHARED
from engine.pathway import Pathway
from engine.refusal import Refused
from flows.loading import tracks
from flows.posting import post_of
from flows.stored import stored_if_any
from flows.wording import renderer_of
from models.message import MAIL
from notifications.channels.eml import EmlFolder
from notifications.channels.envelope import Envelope
from notifications.layout import nearest
from notifications.made_up import foot_of, kinds_of, made_up
from notifications.render import Rendered, Renderer
from onboarding.post import domain_of
from onboarding.sample import recipient, send_sample
from onboarding.trial import refuse_kept_back
from settings import load
from web.words import called

app = typer.Typer()
message = typer.Typer(help="Beskedernes ord: se dem, kontrollér dem, og prøv dem af.", no_args_is_help=True)
app.add_typer(message, name="message")

Kind = Annotated[str, typer.Argument(metavar="BESKED", help="Beskedens nøgle; se »sosu message list«.")]
Key = Annotated[str | None, typer.Option("--pathway", help="Forløbets nøgle, når flere forløb har beskeden.")]
PARTS = ("subject", "text", "html")


@message.command("list")
def list_(as_json_: Json = False) -> None:
    """Vis hvert forløbs beskeder, og hvilke der er kommunens egne."""
    renderer = renderer_of(load().templates_dir)
    found = [
        {"pathway": one.key, "kind": kind, "title": called(one, kind), "own": renderer.own_parts(one.key, kind)}
        for one in _pathways()
        for kind in kinds_of(one)
    ]
    answer(found, as_json_, _print_list)


def _print_list(found: list[dict[str, Any]]) -> None:
    rows = [(one["pathway"], one["kind"], one["title"], ", ".join(one["own"])) for one in found]
    table("Beskeder", ("forløb", "nøgle", "besked", "kommunens egne"), rows)


@message.command()
def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[MAPPE]", help="Normalt den, som SOSU_TEMPLATES_DIR nævner.")
    ] = None,
    as_json_: Json = False,
) -> None:
    """Kontrollér kommunens egne skabeloner. Hver fejl er en linje, og exit-koden er 1, når der er nogen."""
    settings = load()
    chosen = folder or settings.templates_dir
    with stored_if_any(settings.database_url) if chosen else nullcontext() as database:
        renderer = renderer_of(chosen, database)
    own = {(one.key, kind) for one in _pathways() for kind in kinds_of(one) if renderer.own_parts(one.key, kind)}
    told = {"folder": str(chosen) if chosen else None, "own": len(own)}
    words = f"Skabelonerne i {chosen} kan bruges. De giver {len(own)} beskeder kommunens egne ord."
    if database is None:
        words += " Der er endnu ingen database at se efter kandidaters navne i."
    none = "SOSU_TEMPLATES_DIR er ikke sat, så alle beskeder er programmets egne."
    answer(told, as_json_, lambda _: say(words if chosen else none))


@message.command()
def preview(
    kind: Kind,
    pathway: Key = None,
    part: Annotated[
        str | None, typer.Option("--part", help="Kun emnet, teksten eller mailen: subject, text, html.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Skriv den også som .eml-fil i denne mappe.")] = None,
    as_json_: Json = False,
) -> None:
    """Vis, hvad en besked siger om et opdigtet forløb."""
    if part is not None and part not in PARTS:
        raise typer.BadParameter(f"vælg en af {', '.join(PARTS)}", param_hint="--part")
    settings = load()
    one, renderer = _having(kind, pathway), renderer_of(settings.templates_dir)
    rendered = _rendered(renderer, one, kind, settings.public_url)
    shown = {name: getattr(rendered, name) for name in PARTS if part in (None, name)}
    told = {"pathway": one.key, "kind": kind, "own": renderer.own_parts(one.key, kind), **shown}
    file = {"file": str(_written(rendered, one, kind, out, settings.public_url))} if out else {}
    answer(told | file, as_json_, lambda _: _print_message(rendered, part, file.get("file")))


def _print_message(rendered: Rendered, part: str | None, file: str | None) -> None:
    if file is not None:
        say(f"Skrevet til {file}")
    elif part is None:
        say(f"Emne: {rendered.subject}\n\n{rendered.text.rstrip()}")
    else:
        say(getattr(rendered, part).rstrip())


def _written(rendered: Rendered, one: Pathway, kind: str, folder: Path, public_url: str) -> Path:
    """The mail as a file that a mail program opens. Raises `Refused` when it cannot be written."""
    envelope = Envelope(
        message_id=f"<{one.reference_prefix}-{kind}@{domain_of(public_url)}>",
        recipient="koordinator@example.org",
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=now(),
    )
    said = EmlFolder(folder).send(envelope)
    if not said.ok:
        raise Refused(f"{said.detail} Vælg en anden med --out.")
    return folder / f"{envelope.message_id.strip('<>')}.eml"


@message.command("test")
def sample(
    kind: Kind,
    to: Annotated[str, typer.Option("--to", help="En medarbejders e-mail. Andre får ingen.")],
    pathway: Key = None,
    as_json_: Json = False,
) -> None:
    """Send en besked om et opdigtet forløb til en medarbejder, mærket som en prøve."""
    one = _having(kind, pathway)
    with opened(publish=False) as desk:
        post = post_of(desk.settings, desk.database)
        with desk.database.read() as session:
            email = recipient(session, to)
            refuse_kept_back(session, email, post.destinations[MAIL])
    rendered = _rendered(post.renderer, one, kind, post.public_url)
    said = send_sample(rendered, email, post.mail, post.public_url, post.clock())
    if not said.ok:
        raise Refused(f"Prøven er ikke sendt. {said.detail}")
    told = {"pathway": one.key, "kind": kind, "sent": True, "channel": post.mail.name, "answer": said.detail}
    confirm(told, as_json_, lambda _: say(f"Prøven er sendt. {said.detail}"))


def _rendered(renderer: Renderer, one: Pathway, kind: str, public_url: str) -> Rendered:
    return renderer.render(one.key, kind, made_up(one, kind, today(), public_url), foot_of(one, kind))


def _pathways() -> list[Pathway]:
    return [track.pathway for track in tracks()]


def _having(kind: str, key: str | None) -> Pathway:
    """The pathway whose message it is, the first where all share it. Raises `Refused` where none has it, or several."""
    known = {one.key: one for one in _pathways()}
    if key is not None and key not in known:
        raise Refused(f"Forløbet »{key}« findes ikke. Kendte: {', '.join(known)}.")
    among = list(known.values()) if key is None else [known[key]]
    having = [one for one in among if kind in kinds_of(one)]
    if not having:
        near = nearest(kind, [name for one in among for name in kinds_of(one)])
        raise Refused(f"Beskeden »{kind}« findes ikke; det nærmeste er {near}. Se dem med »sosu message list«.")
    if len(having) > 1 and kind not in SHARED:
        keys = ", ".join(one.key for one in having)
        raise Refused(f"Flere forløb har beskeden »{kind}«. Vælg et med --pathway: {keys}.")
    return having[0]
