"""What actors do to actors: Follow and its answers, Update and Delete of oneself, Block, Move, collections.

For whoever registers further verbs:

- Verbs about publications, memberships and reports are handled in the packages that own the consequence
  (`flask_maillage/publications/handlers.py` and its neighbours).
- `Add` and `Remove` are told apart by the collection that they name, not by the type of their object. They are
  registered here, once, in `collecting.py`; a package with a collection of its own says
  `@on_collection def …(context, collection_iri) -> str | None` (`inboxes/registry.py`) and returns None where the
  collection is not its own. The featured collection of the sender is `flask_maillage/publications/featuring.py`.
- An `Undo` by the bare id of something whose type nobody knows any more asks `@on_retraction` functions in the same
  way, after the Follows.
- Whoever has something to say to a new follower says `@on_new_follower` (`actors/following.py`).
"""

from inboxes.handlers import collecting, following, moving, profiles

REGISTERING = (following, profiles, moving, collecting)
"""Modules that do their work by being imported."""
