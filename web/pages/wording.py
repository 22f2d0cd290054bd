"""Beskeder, skabeloner: what each message says, with a made-up case in it, and a sample of it to oneself."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from engine.pathway import Pathway
from engine.refusal import Refused
from models.message import MAIL
from notifications.channels.envelope import Answer
from notifications.made_up import foot_of, kinds_of, made_up
from notifications.render import Rendered
from onboarding.pathways import known_keys, newest
from onboarding.sample import not_again, send_sample
from onboarding.trial import refuse_kept_back
from web.guard import Messages, NotFound
from web.headers import MAIL_POLICY
from web.permissions import Person
from web.render import page
from web.state import state_of
from web.words import called

router = APIRouter(prefix="/beskeder/skabeloner")


@router.get("")
def templates(request: Request, person: Messages) -> Response:
    state = state_of(request)
    with state.database.read() as session:
        pathways = [newest(session, key) for key in known_keys(session)]
    found = [
        (one, [(kind, called(one, kind), bool(state.renderer.own_parts(one.key, kind))) for kind in kinds_of(one)])
        for one in pathways
    ]
    return page(request, "templates.html", person, found=found)


@router.get("/{pathway}/{kind}")
def template(request: Request, pathway: str, kind: str, person: Messages) -> Response:
    return _page(request, person, *_previewed(request, pathway, kind), kind)


@router.get("/{pathway}/{kind}/mail")
def mail(request: Request, pathway: str, kind: str, _person: Messages) -> Response:
    """The message as a mail program shows it, in a document of its own."""
    _, rendered = _previewed(request, pathway, kind)
    return HTMLResponse(rendered.html, headers={"Content-Security-Policy": MAIL_POLICY})


@router.post("/{pathway}/{kind}/proeve")
def sampled(request: Request, pathway: str, kind: str, person: Messages) -> Response:
    """The answer says how it went, and no address does again: so there is no way on to another one."""
    state = state_of(request)
    one, rendered = _previewed(request, pathway, kind)
    try:
        with state.writes(person) as session:
            refuse_kept_back(session, person.email, state.destinations[MAIL])
            not_again(session, person.email, state.now())
        answer = send_sample(rendered, person.email, state.channels()[MAIL], state.public_url, state.now())
    except Refused as refused:
        answer = Answer(False, " ".join(refused.reasons))
    return _page(request, person, one, rendered, kind, answer)


def _previewed(request: Request, pathway: str, kind: str) -> tuple[Pathway, Rendered]:
    """Raises `NotFound` when no such message is sent in such a pathway."""
    state = state_of(request)
    with state.database.read() as session:
        one = newest(session, pathway) if pathway in known_keys(session) else None
    if one is None or kind not in kinds_of(one):
        raise NotFound
    context = made_up(one, kind, state.today(), state.public_url)
    return one, state.renderer.render(one.key, kind, context, foot_of(one, kind))


def _page(
    request: Request, person: Person, one: Pathway, rendered: Rendered, kind: str, answer: Answer | None = None
) -> Response:
    return page(
        request,
        "template.html",
        person,
        status=422 if answer and not answer.ok else 200,
        pathway=one,
        kind=kind,
        called=called(one, kind),
        rendered=rendered,
        own=state_of(request).renderer.own_parts(one.key, kind),
        answer=answer,
    )
