"""What the provider is asked: its description, tokens for a code, its keys; all of it over the one client."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from actors import iris
from actors.node import node
from federation.activities import is_web_iri
from federation.errors import FederationError
from flask_maillage.people.openid import id_tokens
from flask_maillage.people.openid.attempt import Attempt
from flask_maillage.people.openid.errors import Refused

DESCRIPTION = "/.well-known/openid-configuration"
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
SCOPES = "openid email profile"
BASIC, POST = "client_secret_basic", "client_secret_post"


@dataclass(frozen=True)
class Provider:
    """Who says who somebody is, as the settings name it."""

    issuer: str
    client_id: str
    client_secret: str
    name: str


@dataclass(frozen=True)
class Proof:
    """Who somebody is for the provider, proven just now."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    """Whether the provider says that the e-mail address is theirs."""
    name: str


def configured() -> Provider | None:
    """Return by whom members may sign in too; None where the settings name nobody, or a host signs its members in."""
    found: Provider | None = node().state["openid"]
    return found if node().state["own_sign_in"] else None


def redirect_uri() -> str:
    """Return where the provider sends people back, as it has to be registered there."""
    return iris.of_account("sign-in/oidc/callback")


def where_to_go(provider: Provider, attempt: Attempt) -> str:
    """Return the address at the provider where somebody signs in.

    Raises:
        Refused: the provider does not answer, or not as it should.
    """
    address: str = _description(provider)["authorization_endpoint"]
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_uri(),
        "scope": SCOPES,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": id_tokens.challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def prove(provider: Provider, attempt: Attempt, code: str) -> Proof:
    """Exchange a code for who somebody is; asks the network, so call it outside of a transaction.

    Raises:
        Refused: the provider does not answer, or what it says does not hold.
    """
    description = _description(provider)
    tokens = _tokens(provider, description, attempt, code)
    id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
    if not isinstance(id_token, str):
        raise Refused("no ID token")
    claims = id_tokens.check(
        id_token,
        keys=_ask(description["jwks_uri"]),
        issuer=provider.issuer,
        client_id=provider.client_id,
        nonce=attempt.nonce,
        moment=int(node().clock().timestamp()),
    )
    subject = claims["sub"]
    if "email" not in claims and isinstance(access_token, str):
        claims = {**_user_info(description, access_token, subject), **claims}
    return Proof(
        issuer=provider.issuer,
        subject=subject,
        email=_text(claims, "email"),
        is_verified=claims.get("email_verified") is True,
        name=_text(claims, "name") or _text(claims, "preferred_username"),
    )


def _description(provider: Provider) -> dict[str, Any]:
    found = _ask(provider.issuer.rstrip("/") + DESCRIPTION)
    if found.get("issuer") != provider.issuer:
        raise Refused(f"the description is of another issuer, {str(found.get('issuer'))[:200]!r}")
    for name in ENDPOINTS:
        address = found.get(name)
        if not isinstance(address, str) or not is_web_iri(address) or "#" in address:
            raise Refused(f"{name} is missing or no address")
        if not address.startswith("https://") and not node().client.allows_http:
            raise Refused(f"{name} is not https")
    return found


def _tokens(provider: Provider, description: dict[str, Any], attempt: Attempt, code: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(),
        "code_verifier": attempt.verifier,
    }
    ways = description.get("token_endpoint_auth_methods_supported") or [BASIC]
    if BASIC in ways:
        proof = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        authorization = f"Basic {base64.b64encode(proof.encode()).decode('ascii')}"
        return _ask(description["token_endpoint"], form=form, authorization=authorization)
    if POST not in ways:
        raise Refused("the provider takes a client's secret in no way that we know")
    form.update(client_id=provider.client_id, client_secret=provider.client_secret)
    return _ask(description["token_endpoint"], form=form)


def _user_info(description: dict[str, Any], access_token: str, subject: str) -> dict[str, Any]:
    """Return what the provider tells of somebody apart from the ID token; of somebody else it counts for nothing."""
    address = description.get("userinfo_endpoint")
    if not isinstance(address, str):
        return {}
    found = _ask(address, authorization=f"Bearer {access_token}")
    return found if found.get("sub") == subject else {}


def _ask(address: str, *, form: dict[str, str] | None = None, authorization: str = "") -> dict[str, Any]:
    try:
        return node().client.ask_service(address, form=form, authorization=authorization)
    except FederationError as error:
        raise Refused(str(error)) from None


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value[:300] if isinstance(value, str) else ""
