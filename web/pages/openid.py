"""In with a work account: to the provider, and back from it.

Between the two, what only this browser may bring back is in a cookie of its own, sealed under the key file: for ten
minutes, and gone with the answer.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from engine.refusal import Refused
from flows import logs
from models.keys import Keyring
from onboarding.arriving import arrive
from onboarding.keyring import keyring_of
from web import sealed
from web.guard import NotFound, person_of
from web.openid.chosen import ANSWER, OpenId
from web.openid.failing import Failed, Kind
from web.openid.provider import Begun
from web.pages.signing_in import door, let_in, ours
from web.state import State, state_of

router = APIRouter()

_LASTS = timedelta(minutes=10)  # a second factor may have to be found first
_LONGEST_ADDRESS = 1000  # browsers drop a cookie of more than 4096 bytes
_SEAL = "5d0f8a4e-6a4b-4a64-9d7b-0d6d1f1f2c11"  # a constant: so that nothing else that is sealed passes for it

_AGAIN = "Prøv igen; bliver det ved, så sig det til IT."
#: What is said, and with which status.
_SAID: Mapping[Kind, tuple[int, str]] = {
    Kind.AWAY: (502, f"Login med arbejdskonto svarer ikke, som det skal. {_AGAIN}"),
    Kind.DENIED: (403, "Login med arbejdskonto blev afbrudt eller afvist. Prøv igen, eller bed IT om adgang."),
    Kind.STALE: (400, "Dette login er brugt, for gammelt eller begyndt i et andet vindue. Begynd forfra."),
    Kind.UNTRUSTED: (502, f"Svaret om din arbejdskonto kunne ikke godkendes. {_AGAIN}"),
}


@router.get("/login/openid")
def begin(request: Request, next: str = "/") -> Response:  # noqa: A002  the name in the address
    openid = _openid(request)
    if person_of(request) is not None:
        return RedirectResponse(ours(next), status_code=303)
    state = state_of(request)
    at = state.now()
    try:
        address, begun = openid.provider.begin(at)
    except Failed as failed:
        return _failed(request, failed, next)
    to = ours(next) if len(next) <= _LONGEST_ADDRESS else "/"
    kept = {"state": begun.state, "nonce": begun.nonce, "verifier": begun.verifier, "next": to}
    cookie = sealed.seal_for(_keyring(state), openid.provider.issuer, _SEAL, at + _LASTS, kept)
    answer = RedirectResponse(address, status_code=303)
    answer.set_cookie(_cookie(state), cookie, max_age=int(_LASTS.total_seconds()), **state.kept_close)
    return answer


@router.get(ANSWER)
def answered(request: Request) -> Response:
    answer = _answered(request, _openid(request))
    state = state_of(request)
    answer.delete_cookie(_cookie(state), **state.kept_close)
    return answer


def _answered(request: Request, openid: OpenId) -> Response:
    state = state_of(request)
    to = "/"
    try:
        kept = _kept(request, openid)
        to = kept.pop("next")
        claims = openid.provider.finish(Begun(**kept), request.query_params, state.now())
        arrival = openid.arrival(claims)
        with state.database.write() as session:
            signed_in = arrive(session, openid.grants, arrival, state.now())
    except Failed as failed:
        return _failed(request, failed, to)
    except Refused as refused:
        return door(request, to, status=403, problem=" ".join(refused.reasons))
    if isinstance(signed_in, str):
        return door(request, to, status=403, problem=signed_in)
    return let_in(state, signed_in, to)


def _kept(request: Request, openid: OpenId) -> dict[str, Any]:
    """What this browser was given to keep."""
    state = state_of(request)
    cookie = request.cookies.get(_cookie(state), "")
    try:
        return sealed.unseal_for(_keyring(state), openid.provider.issuer, _SEAL, state.now(), cookie)
    except Refused:
        raise Failed(Kind.STALE, "the browser brought nothing back, or something old") from None


def _failed(request: Request, failed: Failed, to: str) -> Response:
    logs.event("sign_in_failed", level=logging.WARNING, why=failed.why)
    status, text = _SAID[failed.kind]
    return door(request, to, status=status, problem=text)


def _openid(request: Request) -> OpenId:
    openid = state_of(request).openid
    if openid is None:
        raise NotFound
    return openid


def _cookie(state: State) -> str:
    return f"{state.cookie}-openid"


def _keyring(state: State) -> Keyring:
    with state.database.read() as session:
        return keyring_of(session, state.key_file)
