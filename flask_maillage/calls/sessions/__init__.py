"""Sessions of cohorts: events at which those selected meet, with who is invited to them as what (FC-58)."""
