"""Applications as they arrive at the call's owner: checked in one order, registered, corrected, withdrawn."""
