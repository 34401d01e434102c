"""Whether an ID token holds: signed by the provider, for us, for this sign-in, now (OpenID Connect Core §3.1.3.7)."""

from contextlib import suppress
from typing import Any

from flask_maillage.people.openid.errors import Refused

with suppress(ImportError):  # without the extra `oidc` no provider can be set (`settings.py`)
    from authlib.oauth2.rfc7636 import create_s256_code_challenge
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwk, jws, jwt
    from joserfc.errors import JoseError

KEY_TYPES = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
"""The ways of signing that count, all with a key that only the provider has, and the type of that key."""
LEEWAY = 60
"""Seconds by which clocks may differ."""
OLDEST = 600
LONGEST, LONGEST_SUBJECT = 20_000, 255
MOST_KEYS = 50


def challenge(verifier: str) -> str:
    """Return what proves later that who brings the code began the sign-in (PKCE, S256)."""
    made: str = create_s256_code_challenge(verifier)
    return made


def check(token: str, *, keys: dict[str, Any], issuer: str, client_id: str, nonce: str, moment: int) -> dict[str, Any]:
    """Return the claims of an ID token that holds.

    Raises:
        Refused: it does not.
    """
    if len(token) > LONGEST:
        raise Refused("the ID token is too long")
    claims = _signed(token, keys)
    options = {"iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": client_id}}
    asked = CodeIDToken(claims, {}, options, {"nonce": nonce, "client_id": client_id})
    try:
        asked.validate(now=moment, leeway=LEEWAY)
    except (JoseError, TypeError, ValueError) as error:
        raise Refused(f"the ID token does not hold: {error}") from None
    _check_again(claims, issuer, client_id, nonce, moment)
    return claims


def _check_again(claims: dict[str, Any], issuer: str, client_id: str, nonce: str, moment: int) -> None:
    """Check what a library may take more lightly than we do: types, all audiences, age."""
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    subject, moments = claims["sub"], (claims["iat"], claims["exp"])
    holds = {
        "iss": claims["iss"] == issuer,
        "aud": client_id in audience,
        "azp": claims.get("azp", client_id) == client_id and (len(audience) == 1 or "azp" in claims),
        "nonce": claims.get("nonce") == nonce,
        "sub": isinstance(subject, str) and 0 < len(subject) <= LONGEST_SUBJECT and "\x00" not in subject,
        "times": all(isinstance(one, int | float) and not isinstance(one, bool) for one in moments),
    }
    wrong = [name for name, good in holds.items() if not good]
    if wrong:
        raise Refused(f"the ID token does not hold: {', '.join(wrong)}")
    if claims["exp"] <= moment - LEEWAY or not moment - OLDEST <= claims["iat"] <= moment + LEEWAY:
        raise Refused("the ID token is too old, or of a time to come")


def _signed(token: str, keys: dict[str, Any]) -> dict[str, Any]:
    """Return the claims of a token that one of the provider's keys signed, in a way that counts."""
    try:
        header = jws.extract_compact(token.encode("ascii")).headers()
    except (JoseError, ValueError) as error:
        raise Refused(f"the ID token cannot be read: {error}") from None
    algorithm, number = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in KEY_TYPES:
        raise Refused(f"the ID token is signed by {str(algorithm)[:20]!r}")
    listed = keys.get("keys")
    for key in listed[:MOST_KEYS] if isinstance(listed, list) else []:
        is_meant = isinstance(key, dict) and key.get("kty") == KEY_TYPES[algorithm] and key.get("use", "sig") == "sig"
        if not is_meant or (number is not None and key.get("kid") != number):
            continue
        with suppress(JoseError, ValueError, TypeError):
            return jwt.decode(token, jwk.import_key(key), algorithms=[algorithm]).claims
    raise Refused("no key of the provider signed the ID token")
