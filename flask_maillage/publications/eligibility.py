"""From where one may answer a call: territories as they were on a day, and nothing else.

Neither the sector of an initiative nor the country of a platform excludes anybody: no such thing is asked here.
"""

import re

from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.territory import unions

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")
"""What is written as the code of a country or of a part of one."""


def eligible_countries(details: CallDetails) -> dict[str, tuple[str, ...]]:
    """Return the countries of each territory that a call names, as they were on its day; without a day, none."""
    if details.eligible_on is None:
        return {}
    known = (code for code in details.territories if code in unions.LABELS)
    return {code: unions.countries(code, details.eligible_on) for code in known}


def is_eligible(details: CallDetails, territory: str) -> bool | None:
    """Tell whether one may answer from a territory; None where the call's own words decide, or no day is said.

    Args:
        details: of the call.
        territory: a country or a part of one (ISO 3166-1 alpha-2, 3166-2); what counts for a country counts for all
            of its parts.
    """
    if not details.territories:
        return True
    named = eligible_countries(details)
    country = territory.partition("-")[0]
    if any(country in countries for countries in named.values()) or {territory, country} & set(details.territories):
        return True
    open_to_words = any(not _is_code(code) and code not in named for code in details.territories)
    return None if open_to_words else False


def _is_code(text: str) -> bool:
    return text not in unions.LABELS and _CODE.fullmatch(text) is not None
