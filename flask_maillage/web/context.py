"""What every template of ours may use, without being handed it by its view."""

from typing import Any
from urllib.parse import urlencode

from flask import request, url_for

from actors.node import node
from flask_maillage.web import dates
from flask_maillage.web.language import LANGUAGES, PARAMETER, current_language, gettext, ngettext
from flask_maillage.web.negotiation import current_member
from flask_maillage.web.sizes import size_in_words
from flask_maillage.web.static_files import static_url, vendor_url

FUNCTIONS = {
    "_": gettext,
    "ngettext": ngettext,
    "static_url": static_url,
    "vendor_url": vendor_url,
    "country_name": dates.country_name,
    "date_in_words": dates.date_in_words,
    "date_parts": dates.date_parts,
    "day_in_words": dates.day_in_words,
    "days_in_words": dates.days_in_words,
    "days_left": dates.days_left,
    "plain_day": dates.plain_day,
    "month_in_words": dates.month_in_words,
    "weekday_name": dates.weekday_name,
    "weekdays": dates.weekdays,
    "period_in_words": dates.period_in_words,
    "relative": dates.relative,
    "time_of_day": dates.time_of_day,
    "size_in_words": size_in_words,
}


def page_context() -> dict[str, Any]:
    """Return the words, dates and facts about the node and the reader that templates are written with."""
    return context_without_database() | {
        "member": current_member(),
        "standing_links": node().state.get("standing_links", list)(),
    }


def context_without_database() -> dict[str, Any]:
    """Return the same as for a reader who is nobody, on a node without standing pages: no database is asked."""
    ours = node()
    return {
        **FUNCTIONS,
        "current_language": current_language(),
        "languages": _languages(),
        "language_names": LANGUAGES,
        "member": None,
        "unread_notifications": ours.state.get("unread_notifications", _none),
        "node": ours,
        "sign_in_url": _sign_in_url(),
        "standing_links": [],
        "source_url": ours.state.get("source_url"),
    }


def _none(_member: object) -> int:
    return 0


def _sign_in_url() -> str | None:
    """Return where one signs in: here, or where the host says, or None where only the host knows."""
    state = node().state
    if state.get("own_sign_in"):
        return url_for("maillage.sign_in")
    address = state.get("sign_in_address")
    return str(address(request.script_root + request.path)) if address else None


def _languages() -> list[tuple[str, str, str]]:
    """Return each language with its name and the address of this page in it."""
    kept = request.args.to_dict()
    kept.pop(PARAMETER, None)
    return [(tag, name, _query(kept | {PARAMETER: tag})) for tag, name in LANGUAGES.items()]


def _query(arguments: dict[str, str]) -> str:
    return "?" + urlencode(arguments)
