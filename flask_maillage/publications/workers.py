"""Whose work an initiative is about: an open list; each entry is an address that peers share, others are words."""

from flask_maillage.publications.topics import NAMESPACE

WORKERS = {
    NAMESPACE + "cloud-work": "Online work that can be done from anywhere",
    NAMESPACE + "local-work": "Work on demand at a place: rides, delivery, repairs, care",
    NAMESPACE + "self-employed": "Self-employed people",
    NAMESPACE + "temporary-work": "Temporary and agency work",
    NAMESPACE + "employees": "Employees",
}


def workers_label(kind: str) -> str:
    """Return the English label of a kind of workers: ours, or the words that somebody wrote."""
    return WORKERS.get(kind, kind)
