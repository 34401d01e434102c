"""Letters that somebody else brings than their actor, as servers do that forward what they got (ActivityPub §7.1.2).

Only from those whom an actor of ours follows. Where the actor itself vouches for the letter, it is the actor's; else
nothing of it is believed but that there may be something new at the address of its object.
"""

from datetime import timedelta

from actors import followers
from actors.authentication import Sender
from actors.kept_keys import find_key
from actors.node import now
from actors.vouching import check_proof
from federation.activities import Activity
from federation.errors import KeyNotHad, TooMany, Unreachable
from inboxes.pruning import KEPT_DAYS

VOUCHED_FOR = timedelta(days=KEPT_DAYS)
"""How long ago an actor may have vouched for what others bring: for as long a letter that comes again is known."""


def relayer_of(activity: Activity, key_iri: str) -> str | None:
    """Return whose key signed a letter of somebody else, if we know the key and one of ours follows its owner."""
    key = find_key(key_iri)
    if key is None or key.actor.local or key.actor.iri == activity.actor:
        return None
    return key.actor.iri if followers.follows_from_here(key.actor) else None


def vouched_sender(activity: Activity, *, address: str) -> Sender | None:
    """Return the actor of a relayed letter, if a proof of its own that is not too old says that the letter is its.

    Raises:
        BadSignature: there is a proof, and it does not verify.
    """
    try:
        sender = check_proof(activity.document, activity.actor, shown=None, address=address)
    except (KeyNotHad, TooMany, Unreachable):
        return None
    if sender is None or sender.vouched_at is None or now() - sender.vouched_at > VOUCHED_FOR:
        return None
    return sender
