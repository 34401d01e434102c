"""What goes wrong between a provider and us."""


class Refused(Exception):
    """A sign-in elsewhere does not hold, or could not be asked about; the text is for the log, not for the reader."""
