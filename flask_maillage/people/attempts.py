"""How often a password may be tried and a mail be asked for, from one place and for one account."""

from flask import request

from actors.node import node
from actors.rates import Rates
from actors.requests import caller_of
from flask_maillage.mail import queue
from flask_maillage.mail.addresses import normal
from flask_maillage.people.current import ACCOUNT_RATE, ACCOUNT_RATES

SIGN_IN = "sign in"


def blocked_for(email: str) -> int | None:
    """Count a password that is tried, by the caller and by the account; return the seconds to wait after too many.

    An account bears many more than an address, and what an address that is stopped goes on trying does not count:
    else a stranger could keep its member out with twenty wrong passwords.
    """
    by_account: Rates = node().state[ACCOUNT_RATES]
    return _seconds(
        (node().rates, SIGN_IN, f"address {caller_of(request)}"),
        (by_account, ACCOUNT_RATE, f"account {normal(email)}"),
    )


def roundabout_blocked_for() -> int | None:
    """Count a sign-in by way of another site, by the caller; return the seconds to wait after too many."""
    return _seconds((node().rates, SIGN_IN, f"address {caller_of(request)}"))


def mails_blocked_for() -> int | None:
    """Count a mail that somebody asks for; return the seconds to wait after too many from one place."""
    return _seconds((node().rates, queue.BY_CALLER, caller_of(request)))


def _seconds(*counters: tuple[Rates, str, str]) -> int | None:
    for rates, name, key in counters:
        if not rates.allow(name, key):
            return rates.seconds_until_free(name, key)
    return None
