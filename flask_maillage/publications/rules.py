"""What may be published and how it may change: asked by every way in, page, command or letter, through `publishing`."""

from datetime import datetime

from actors import iris
from flask_maillage.publications import audience, call_states
from flask_maillage.publications.audience import Audience
from flask_maillage.publications.call_parts import MAX_EXTENSIONS
from flask_maillage.publications.completeness import gaps
from flask_maillage.publications.content import Content
from flask_maillage.publications.forms.base import _
from flask_maillage.publications.forms.enclosures import NO_ALT
from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.publications.models import DIRECT, Publication
from flask_maillage.publications.strictness import stricter


class NotPossible(ValueError):
    """What was asked for cannot be done with the publication as it is; the text says why, to a person."""

    def __init__(self, message: str, field: str | None = None) -> None:
        """Keep the sentence, and the name of the form's field that it is about, where it is about one."""
        super().__init__(message)
        self.field = field


def check_complete(content: Content) -> None:
    """Raise `NotPossible` unless it says everything that one of its kind needs (`completeness.gaps`)."""
    for gap in gaps(content):
        raise NotPossible(gap.sentence, gap.field)


def check_publishable(content: Content, now: datetime) -> None:
    """Raise `NotPossible` unless this can be shown to everyone from `now` on."""
    check_complete(content)
    check_image(content)
    if content.kind == "call":
        check_beginning(content)
        if content.ends_at is not None and content.ends_at <= now:
            raise NotPossible(_("The last day to apply is over: choose a day to come."), "deadline")


def check_image(content: Content) -> None:
    """Raise `NotPossible` for an image of ours that is not described: those who cannot see it would miss it."""
    if content.image and not content.image.alt and content.image.url.startswith(iris.media("")):
        raise NotPossible(NO_ALT, "image")


def check_readers(readers: Audience) -> None:
    """Raise `NotPossible` for what would be for nobody."""
    if readers.visibility == DIRECT and not readers.named:
        raise NotPossible(_("Name at least one who may read it."), "readers")


def check_narrowing(readers: Audience, publication: Publication) -> None:
    """Raise `NotPossible` unless everybody in `readers` may read what is published already.

    What was said to some is not shown to more: they answered, or kept silent, before those.
    """
    if not audience.is_narrower(readers, publication):
        field = "readers" if readers.visibility == publication.visibility else "audience"
        message = _("It was published for fewer people, and stays with them: publish it anew for more.")
        raise NotPossible(message, field)


def check_revision(old: Content, new: Content, now: datetime) -> None:
    """Raise `NotPossible` unless what everyone may have read can be changed like this at `now`.

    People plan by a published deadline: it may be extended, never shortened (`design.md` §4). A call that is open
    stays open until then, takes no step that does not follow on where it stands (`call_states.NEXT`), and asks for no
    more than it did when it opened (`strictness`).
    """
    _check_no_new_gap(old, new)
    check_image(new)
    if old.kind != "call" or old.ends_at is None:
        return
    if new.status != old.status:
        check_step(old, new.status, _reason_of(new), now)
    _check_deadline(old, new, now)
    is_open = old.starts_at is None or old.starts_at <= now
    if is_open and new.starts_at is not None and new.starts_at > now:
        raise NotPossible(_("This call is open already: its first day cannot lie in the future."), "opens_on")
    if is_open and isinstance(old.details, CallDetails) and isinstance(new.details, CallDetails):
        for gap in stricter(old.details, new.details):
            raise NotPossible(gap.sentence, gap.field)


def _check_no_new_gap(old: Content, new: Content) -> None:
    """Raise `NotPossible` for what is missing now and was not before: what was published can always be called off."""
    known = set(gaps(old))
    for gap in gaps(new):
        if gap not in known:
            raise NotPossible(gap.sentence, gap.field)


def check_beginning(call: Content) -> None:
    """Raise `NotPossible` for a call that says of itself that it was decided, cancelled or extended before it began."""
    extended = isinstance(call.details, CallDetails) and bool(call.details.extensions)
    if call.status != call_states.OPEN or extended:
        raise NotPossible(_("A call begins open: what is decided about it comes after it was published."))


def check_step(call: Content, step: str, reason: str, now: datetime) -> None:
    """Raise `NotPossible` unless `step` follows on where a published call stands at `now`; to cancel takes a reason."""
    stands = call_states.state_at(call, now)
    if step not in call_states.NEXT[stands]:
        if stands in (call_states.SCHEDULED, call_states.OPEN):
            raise NotPossible(_("People count on the published deadline: until then a call can only be cancelled."))
        raise NotPossible(_("This does not follow on where the call stands."))
    if step == call_states.CANCELLED and not reason.strip():
        raise NotPossible(_("Say why: it is shown on the page of the call."), "reason")


def _check_deadline(old: Content, new: Content, now: datetime) -> None:
    if old.ends_at is None or new.ends_at == old.ends_at:
        return
    if new.ends_at is None or new.ends_at < old.ends_at:
        raise NotPossible(_("People count on the published last day: it can be made later, not earlier."), "deadline")
    if call_states.state_at(old, now) not in call_states.EXTENSIBLE:
        raise NotPossible(_("It is too late to extend the deadline: what comes after it has begun."), "deadline")
    if new.ends_at <= now:
        raise NotPossible(_("The last day to apply is over: choose a day to come."), "deadline")
    if isinstance(old.details, CallDetails) and len(old.details.extensions) >= MAX_EXTENSIONS:
        raise NotPossible(_("This deadline was extended often enough: write a new call."), "deadline")


def _reason_of(content: Content) -> str:
    return content.details.cancelled_because if isinstance(content.details, CallDetails) else ""
