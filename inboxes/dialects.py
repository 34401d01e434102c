"""The words of a delivery for one server, where it understands a letter in words of its own alone."""

from collections.abc import Callable

from actors.models import Delivery, Posted
from federation import strict_json
from federation.activities import Document

Dialect = Callable[[Posted, Delivery], Document | None]
_dialects: dict[str, Dialect] = {}
"""By verb."""


def on_sending(*verbs: str) -> Callable[[Dialect], Dialect]:
    """Register a function for letters of these verbs: it returns the same for the server of a delivery, or None.

    It is called with the letter and the delivery.

    Raises:
        TypeError: there is a function for one of the verbs already.
    """

    def register(dialect: Dialect) -> Dialect:
        for verb in verbs:
            if verb in _dialects:
                raise TypeError(f"{verb} is worded already")
            _dialects[verb] = dialect
        return dialect

    return register


def body_of(posted: Posted, delivery: Delivery) -> bytes:
    """Return what is sent."""
    dialect = _dialects.get(posted.type)
    worded = dialect(posted, delivery) if dialect is not None and posted.body else None
    return strict_json.dumps(worded) if worded is not None else posted.body.encode()
