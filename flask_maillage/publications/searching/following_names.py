"""When an actor takes another name, what it published is found by that one."""

from typing import Any

from sqlalchemy import Connection, event, inspect, select, update
from sqlalchemy.orm import Mapper

from actors.models import Actor
from flask_maillage.publications.models import Publication
from flask_maillage.publications.searching import words
from flask_maillage.publications.searching.models import SearchedText


@event.listens_for(Actor, "after_update")
def follow(mapper: Mapper[Any], connection: Connection, actor: Actor) -> None:
    """Write the new name into the words of its publications."""
    if not inspect(actor).attrs.name.history.has_changes():
        return
    theirs = select(Publication.id).where(Publication.actor_id == actor.id)
    renamed = update(SearchedText).where(SearchedText.publication_id.in_(theirs))
    connection.execute(renamed.values(publisher=words.field([actor.name])))
