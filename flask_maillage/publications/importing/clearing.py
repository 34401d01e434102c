"""Reports of old imports are let go of; what was taken, and what was said to be something else, stays known."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func

from actors.database import session
from actors.node import now
from flask_maillage.publications.importing.models import DONE, DOUBTFUL, ENDED, FAILED, PREVIEWED, Import, Imported
from inboxes.pruning import on_pruning

PREVIEW_KEPT = timedelta(days=7)
"""How long a file waits for somebody to look at it and take it."""


@on_pruning
def forget_imports(limit: datetime) -> None:
    """Forget imports that ended before `limit`, files that nobody took, and doubts that no report asks about any more.

    A calendar that is read again stays, with the report of its last reading.
    """
    old = Import.state.in_((DONE, FAILED, ENDED)) & (func.coalesce(Import.finished_at, Import.created_at) < limit)
    left_lying = (Import.state == PREVIEWED) & (Import.created_at < now() - PREVIEW_KEPT)
    session().execute(delete(Import).where(old | left_lying).execution_options(synchronize_session=False))
    still_read = exists().where(
        Import.actor_id == Imported.actor_id, Import.source == Imported.source, Import.subscribed, Import.state != ENDED
    )
    doubts = (Imported.state == DOUBTFUL, Imported.taken_at < limit, ~still_read)
    session().execute(delete(Imported).where(*doubts).execution_options(synchronize_session=False))
