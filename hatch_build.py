"""What the wheel gets beyond the four packages: the templates, which lie beside them in a checkout."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MADE = (Path("flask_maillage/static/vendor/vendor.json"), Path("flask_maillage/territory/gazetteer.sqlite3"))


class WholeWheel(BuildHookInterface[Any]):
    """Refuse to build a wheel without what `make assets` makes, and put the templates inside `flask_maillage`."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Prepare a build; an editable install finds templates and front-end files in the checkout itself.

        Raises:
            SystemExit: the front-end files or the gazetteer were not built.
        """
        if version == "editable":
            return
        root = Path(self.root)
        for made in MADE:
            if not (root / made).is_file():
                raise SystemExit(f"{made} is missing from {root}: run `make assets`, then build again.")
        if self.target_name == "wheel":
            build_data["force_include"][str(root / "templates/maillage")] = "flask_maillage/templates/maillage"
