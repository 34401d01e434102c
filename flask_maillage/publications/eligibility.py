"""From where one may answer a call: territories as they were on a day, and nothing else.

Neither the sector of an initiative nor the country of a platform excludes anybody: no such thing is asked here.
"""

from flask_maillage.publications.kinds.call_details import CallDetails
from flask_maillage.territory import unions


def eligible_countries(details: CallDetails) -> dict[str, tuple[str, ...]]:
    """Return the countries of each territory that a call names, as they were on its day; without a day, none."""
    if details.eligible_on is None:
        return {}
    known = (code for code in details.territories if code in unions.LABELS)
    return {code: unions.countries(code, details.eligible_on) for code in known}


def is_eligible(details: CallDetails, country: str) -> bool | None:
    """Tell whether who lives in a country may answer; None where the call's own words decide, or no day is said."""
    if not details.territories:
        return True
    named = eligible_countries(details)
    if any(country in countries for countries in named.values()) or country in details.territories:
        return True
    return False if len(named) == len(details.territories) else None
