"""All commands that work on the application in hand, for a stand-alone node and inside a host application.

Importing a module of commands puts them on their groups.
"""

from flask_maillage.cli import (
    accounts,
    actors,
    calls,
    checking,
    deciding,
    deliveries,
    departures,
    events,
    fetching,
    importing,
    joining,
    mails,
    members,
    memberships,
    pages,
    policies,
    publishing,
    reports,
    running,
    territory_actors,
    territory_lookup,
    tokens,
    topics,
)
from flask_maillage.cli.groups import Commands, maillage

__all__ = [
    "Commands",
    "accounts",
    "actors",
    "calls",
    "checking",
    "deciding",
    "deliveries",
    "departures",
    "events",
    "fetching",
    "importing",
    "joining",
    "maillage",
    "mails",
    "members",
    "memberships",
    "pages",
    "policies",
    "publishing",
    "reports",
    "running",
    "territory_actors",
    "territory_lookup",
    "tokens",
    "topics",
]
