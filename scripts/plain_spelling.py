"""The network's own way to spell names plainly, for scripts that run before it is installed."""

import importlib.util
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent / "flask_maillage/territory/spelling.py"
_spec = importlib.util.spec_from_file_location("maillage_spelling", SOURCE)
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_module)

plain = _module.plain
