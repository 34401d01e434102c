"""The sample network: facts of the two seed documents, in our own words, for `maillage demo`.

The organisations are real; nobody real gets an account or a seat. Dates are computed from `now`, so that the call is
always open and the seminar always ahead.
"""

from flask_maillage.sample.call import call
from flask_maillage.sample.network import SampleActor, initiative, news, organisations, project
from flask_maillage.sample.seminar import seminar

__all__ = ["SampleActor", "call", "initiative", "news", "organisations", "project", "seminar"]
