"""Signing in with an OpenID Connect provider: authorization code with PKCE, state and nonce, checked by `authlib`."""

from __future__ import annotations

import hmac
import logging
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.identity.access import address_of
from api.identity.secrets_shown_once import sha256_of
from api.identity.signing_in.login import access_of, local_path, set_secret_cookie, set_session_cookie
from api.identity.signing_in.login_page import sign_in_page
from api.identity.signing_in.provider import ProviderSettings
from api.identity.signing_in.provider_person import person_of_claims
from api.identity.signing_in.shown_again import (
    ASKS_AGAIN,
    confirm_shown_again,
    demand_person,
    page_after_refusal,
)
from api.identity.signing_in.sign_in import begin_session
from api.identity.signing_in.texts import identity_text
from api.language import language_of
from api.parts import GivenParts, Parts
from plant.errors import AssetloopError, Forbidden, NotFound, Unavailable
from plant.people.principal import Recognition
from storage.identity import one_time
from storage.identity.one_time import ProviderSignIn

router = APIRouter(include_in_schema=False)
_log = logging.getLogger(__name__)
_UNDER_WAY_FOR = timedelta(minutes=10)
_LEEWAY_S = 60
_STATE_COOKIE, _STATE_PATH = "assetloop_provider_state", "/login/provider"
_ALGORITHMS = ["RS256", "PS256", "ES256", "RS384", "ES384", "RS512", "ES512", "EdDSA"]
_PATIENCE_S = 10.0


@router.get("/login/provider")
def begin(
    request: Request,
    parts: GivenParts,
    next: str = "/",  # noqa: A002 - the query's own name
    act: Annotated[str, Query(max_length=500)] = "",
) -> Response:
    """Send a person to the provider: to sign in, or to show again who they are, for the act that they sign."""
    settings = _settings(request)
    verifier, nonce, state = generate_token(64), generate_token(32), generate_token(48)
    kept = ProviderSignIn(
        nonce=nonce,
        code_verifier=verifier,
        next=local_path(next),
        expires_at=parts.clock.now() + _UNDER_WAY_FOR,
        act=act,
        person_id=demand_person(request) if act else None,
    )
    with httpx.Client(timeout=_PATIENCE_S) as client:
        about = _discovered(client, settings)
    address = prepare_grant_uri(
        about["authorization_endpoint"],
        settings.client_id,
        "code",
        redirect_uri=settings.redirect_uri,
        scope="openid profile email",
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
        **(ASKS_AGAIN if act else {}),
    )
    with parts.database.transaction() as tx:
        one_time.begin_provider_sign_in(tx, sha256_of(state), kept)
    answer = RedirectResponse(address, status_code=303)
    # "lax": the way back comes from the provider's page
    set_secret_cookie(request, answer, _STATE_COOKIE, state, _UNDER_WAY_FOR, samesite="lax", path=_STATE_PATH)
    return answer


@router.get("/login/provider/back")
def come_back(
    request: Request,
    parts: GivenParts,
    state: Annotated[str, Query(max_length=200)] = "",
    code: Annotated[str, Query(max_length=4000)] = "",
) -> Response:
    """Let in whom the provider names; who went there to sign comes back to where they were, whatever it said."""
    settings = _settings(request)
    try:
        kept = _kept(request, parts, state)
    except Forbidden as error:
        return _refused(request, settings, error)
    try:
        claims = _claims(settings, kept, code)
        if kept.act:
            return _shown_again(request, parts, settings, kept, claims)
        person = person_of_claims(parts, settings, claims)
    except (Forbidden, Unavailable) as error:
        return _not_confirmed(kept, error) if kept.act else _refused(request, settings, error)
    begun = begin_session(parts.database, person, Recognition.PROVIDER, address=address_of(request), clock=parts.clock)
    answer = _via_page(kept.next)
    set_session_cookie(request, answer, begun)
    answer.delete_cookie(_STATE_COOKIE, path=_STATE_PATH)
    return answer


def _shown_again(
    request: Request, parts: Parts, settings: ProviderSettings, kept: ProviderSignIn, claims: dict[str, Any]
) -> Response:
    answer = _via_page(kept.next)
    confirm_shown_again(request, parts, settings, kept, claims, answer)
    answer.delete_cookie(_STATE_COOKIE, path=_STATE_PATH)
    return answer


def _not_confirmed(kept: ProviderSignIn, error: AssetloopError) -> Response:
    _log.warning("the provider did not confirm who signs", extra={"why": str(error), "act": kept.act})
    answer = _via_page(page_after_refusal(kept.next, error))
    answer.delete_cookie(_STATE_COOKIE, path=_STATE_PATH)
    return answer


def _via_page(following: str) -> Response:
    """Go on by a page of our own: a redirect that began elsewhere would leave the new strict cookie behind."""
    answer = HTMLResponse('<!doctype html><html lang="en"><title>assetloop</title></html>')
    answer.headers["Refresh"] = f"0;url={following}"
    return answer


def _settings(request: Request) -> ProviderSettings:
    settings = access_of(request).provider
    if settings is None:
        raise NotFound("no provider is configured")
    return settings


def _discovered(client: httpx.Client, settings: ProviderSettings) -> dict[str, Any]:
    """Read where the provider's doors are.

    Raises:
        Unavailable: it does not answer, or is another than configured.
    """
    about = _json(client, f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration")
    if about.get("issuer", "").rstrip("/") != settings.issuer.rstrip("/"):
        raise Unavailable(f"the provider calls itself {about.get('issuer')}, not {settings.issuer}")
    return about


def _json(client: httpx.Client, address: str) -> dict[str, Any]:
    try:
        answer = client.get(address)
        answer.raise_for_status()
        found: dict[str, Any] = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Unavailable(f"the provider does not answer: {error}") from error
    return found


def _kept(request: Request, parts: Parts, state: str) -> ProviderSignIn:
    """Take what was kept when this browser was sent away; a state works once, and in that browser alone."""
    cookie = request.cookies.get(_STATE_COOKIE, "")
    if not state or not hmac.compare_digest(state.encode(), cookie.encode()):
        raise Forbidden("this sign-in was begun in another browser")
    with parts.database.transaction() as tx:
        kept = one_time.end_provider_sign_in(tx, sha256_of(state))
    if kept is None or kept.expires_at <= parts.clock.now():
        raise Forbidden("this sign-in was used or took too long")
    return kept


def _claims(settings: ProviderSettings, kept: ProviderSignIn, code: str) -> dict[str, Any]:
    """Fetch the token for a code and check who it is about.

    Raises:
        Forbidden: the provider refuses, or its token is not what it should be.
        Unavailable: it does not answer.
    """
    if not code:
        raise Forbidden("it named nobody")
    with httpx.Client(timeout=_PATIENCE_S) as client:
        about = _discovered(client, settings)
        token = _token(client, settings, about["token_endpoint"], kept, code)
        keys = KeySet.import_key_set(_json(client, about["jwks_uri"]))  # type: ignore[arg-type]
    try:
        found = jwt.decode(token, keys, algorithms=_ALGORITHMS).claims
        _registry(settings, kept).validate(found)
    except (JoseError, ValueError) as error:
        raise Forbidden(f"its token does not hold: {error}") from error
    return dict(found)


def _token(client: httpx.Client, settings: ProviderSettings, address: str, kept: ProviderSignIn, code: str) -> str:
    """Exchange the code for the token that says who it is."""
    body = prepare_token_request(
        "authorization_code",
        redirect_uri=settings.redirect_uri,
        code=code,
        code_verifier=kept.code_verifier,
    )
    try:
        answer = client.post(
            address,
            content=body,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            auth=(quote(settings.client_id, safe=""), quote(settings.client_secret, safe="")),
        )
        answer.raise_for_status()
        token = answer.json()["id_token"]
    except (httpx.HTTPError, ValueError, KeyError) as error:
        raise Forbidden(f"it gave no token: {error}") from error
    return str(token)


def _registry(settings: ProviderSettings, kept: ProviderSignIn) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        leeway=_LEEWAY_S,
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.client_id},
        exp={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": kept.nonce},
    )


def _refused(request: Request, settings: ProviderSettings, error: AssetloopError) -> Response:
    _log.warning("a sign-in at the provider was refused", extra={"why": str(error)})
    language = language_of(request)
    fault = identity_text(language, "login_provider_failed", why=str(error))
    status = 503 if isinstance(error, Unavailable) else 403
    return HTMLResponse(sign_in_page(language, "/", fault=fault, provider=settings.name), status_code=status)
