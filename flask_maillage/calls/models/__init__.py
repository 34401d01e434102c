"""The tables of calls as they are answered: the interface between the parts of this room."""

from flask_maillage.calls.models.committees import Committee, Place, Slot
from flask_maillage.calls.models.dossiers import Dossier, Guest, Version
from flask_maillage.calls.models.drafts import Draft
from flask_maillage.calls.models.files import ApplicationFile, PrivateFile
from flask_maillage.calls.models.following import AuditRecord, Counts, Entry
from flask_maillage.calls.models.letters import CallLetter, CommitteeCopy, Receipt
from flask_maillage.calls.models.opinions import Decision, GivenOpinion, Review
from flask_maillage.calls.models.sessions import CohortSession, Expert, Placement, SessionRole

__all__ = [
    "ApplicationFile",
    "AuditRecord",
    "CallLetter",
    "CohortSession",
    "Committee",
    "CommitteeCopy",
    "Counts",
    "Decision",
    "Dossier",
    "Draft",
    "Entry",
    "Expert",
    "GivenOpinion",
    "Guest",
    "Place",
    "Placement",
    "PrivateFile",
    "Receipt",
    "Review",
    "SessionRole",
    "Slot",
    "Version",
]
