"""Which letters are letters of federated calls: type and shape say so together, since others use the same verbs."""

from enum import StrEnum

from federation.activities import Activity, Document, type_of


class Shape(StrEnum):
    """What a letter is for; the rows of the table of activities in docs/federated-calls.md."""

    OFFER = "Offer"
    CORRECTION = "Update{Agreement}"
    WITHDRAWAL = "Undo{Offer}"
    RECEIPT = "Create{Receipt}"
    REVIEW = "Create{Review}"
    DECISION = "decision"
    REFUSAL = "refusal"
    CONFIRMATION = "confirmation"
    PLACEMENT = "placement"
    ENTRY = "Create{Note}"
    NOTICE = "notice"
    PURGE = "Delete{Dossier}"
    ERASURE = "Delete{Agreement}"


WRITING = ("Create", "Update")
DECIDING = ("Accept", "TentativeAccept", "Reject")
PLACING = ("Add", "Remove")


def shape_of(activity: Activity) -> Shape | None:
    """Return what a letter is for, or None where it is none of ours.

    An `Offer` of an `Agreement` without `application` is one all the same: it is refused, and told where the form is
    (FC-75). An `Offer` of a role or a badge is not (FC-76). `ERASURE` has to be told by what is kept (`letters`).
    """
    verb = activity.type
    thing: Document = activity.object if isinstance(activity.object, dict) else {}
    kind = type_of(thing)
    if verb == "Offer":
        return Shape.OFFER if kind == "Agreement" else None
    if verb == "Undo":
        return Shape.WITHDRAWAL if kind == "Offer" else None
    if verb in PLACING:
        return Shape.PLACEMENT if isinstance(activity.document.get("placement"), dict) else None
    if verb == "Delete":
        return Shape.PURGE if kind == "Tombstone" and thing.get("formerType") == "Dossier" else None
    if verb in WRITING:
        return _written(verb, kind, thing)
    return _decided(activity, kind) if verb in DECIDING else None


def _written(verb: str, kind: str, thing: Document) -> Shape | None:
    if kind == "Agreement" and verb == "Update":
        return Shape.CORRECTION
    if kind in ("Receipt", "Review"):
        return Shape.RECEIPT if kind == "Receipt" else Shape.REVIEW
    if kind == "Note" and verb == "Create":
        if isinstance(thing.get("followUp"), dict):
            return Shape.ENTRY
        return Shape.NOTICE if thing.get("notice") == "purge" else None
    return None


def _decided(activity: Activity, kind: str) -> Shape | None:
    if isinstance(activity.document.get("decision"), dict):
        return Shape.DECISION
    if activity.type == "Reject" and isinstance(activity.document.get("reasonCode"), str):
        return Shape.REFUSAL
    return Shape.CONFIRMATION if kind == "Agreement" and activity.type in ("Accept", "Reject") else None
