"""HTTP signatures: draft-cavage-12 and RFC 9421, verified strictly and emitted.

Which headers and components must be covered is decided here, never by the message. A request with a
`Signature-Input` header is RFC 9421 and is never tried as cavage when it fails.
"""

from datetime import datetime

from federation.activities import is_web_iri
from federation.errors import BadSignature, Malformed
from federation.keys import PublicKey
from federation.signatures import cavage, rfc9421
from federation.signatures.received import Received
from federation.signatures.signing import Scheme, Signed, Signer, sign

__all__ = ["Received", "Scheme", "Signed", "Signer", "check", "key_id_of", "sign", "verify"]


def key_id_of(received: Received) -> str:
    """Return the id of the key that claims to have signed, after every check that needs neither key nor clock.

    Raises:
        Malformed: the request line, Host, signature or digest cannot be read, or the id is no web address.
        BadSignature: no signature, too little covered, or a digest that does not match the body.
    """
    return _web_address(_claim(received).key_id)


def check(received: Received, *, now: datetime) -> str:
    """Do every check of `verify` that needs no key, and return the key's id.

    For the inbox: nothing is fetched for a letter that no key could make good.

    Raises:
        Malformed: as `key_id_of`.
        BadSignature: as `key_id_of`, or made too long ago, in the future, or expired.
    """
    claim = _claim(received)
    claim.check_time(now)
    return _web_address(claim.key_id)


def verify(received: Received, public_key: PublicKey, *, now: datetime) -> None:
    """Verify the one signature of a request.

    Args:
        received: the request as it came in.
        public_key: the key that `key_id_of` names; its type decides the algorithm, never the label.
        now: the present, with a time zone; signatures are good for 65 minutes before and after.

    Raises:
        Malformed: it cannot be read (400).
        BadSignature: it is missing, incomplete, stale or wrong (401).
    """
    claim = _claim(received)
    claim.check_time(now)
    claim.check_key(public_key)


def _claim(received: Received) -> cavage.Claim | rfc9421.Claim:
    if "signature" not in received.headers:
        raise BadSignature("no signature")
    return rfc9421.read(received) if "signature-input" in received.headers else cavage.read(received)


def _web_address(key_id: str) -> str:
    if not is_web_iri(key_id):
        raise Malformed("the key id is not a web address")
    return key_id
