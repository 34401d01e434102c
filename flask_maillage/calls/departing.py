"""A member leaves for good: what they wrote for an organisation's application stays with it, without their name."""

from flask_maillage.calls.models import Draft
from flask_maillage.publications.own import closing

closing.signed(Draft)
