"""What others' letters ask of our moderators: Flag."""

from actors import iris
from federation.activities import as_list, ids_of, text_of
from federation.sanitising import clean_html, text_of_html
from flask_maillage.moderation import reports
from inboxes.registry import Context, Ignored, on


@on("Flag")
def flag(context: Context) -> str:
    """A server, or a person elsewhere, reports actors or publications of ours: kept for the moderators alone.

    Whether there is something under an id that is named is neither looked up nor told.
    """
    named = as_list(context.activity.document.get("object"))[: reports.MAX_OBJECTS]
    ours = [iri for iri in ids_of(named) if iris.is_ours(iri)]
    if not ours:
        raise Ignored("reports nothing of ours")
    if reports.find_by_iri(context.activity.id) is not None:
        raise Ignored("reported before")
    said = clean_html(text_of(context.activity.document.get("content"), reports.TEXT_LIMIT))
    try:
        reports.take(context.activity.id, context.sender, ours, text_of_html(said, limit=reports.TEXT_LIMIT))
    except reports.TooManyReports as error:
        raise Ignored(str(error)) from error
    return f"reports {len(ours)} of ours"
