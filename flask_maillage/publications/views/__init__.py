"""What people read: home, lists, an actor's page, a page per publication, and all of them as feeds."""

from flask_maillage.publications.views import actor, feeds, home, lists, publication

__all__ = ["actor", "feeds", "home", "lists", "publication"]
