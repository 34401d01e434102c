"""Lets a test turn the clock of processes: what this folder's variable names holds how many seconds to add.

Python imports a module of this name before anything else, so every process of a node has it, however it was started.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

if named := os.environ.get("TURNED_CLOCK"):
    from actors import node

    file, present = Path(named), node.utc_now

    def turned() -> datetime:
        """Return the present moment, with what the test added."""
        return present() + timedelta(seconds=float(file.read_text(encoding="ascii")))

    node.utc_now = turned
