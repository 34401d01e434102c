"""The command `maillage` of a stand-alone node."""

import logging
import sys

import click
from flask.cli import ScriptInfo

from actors.secret import WrongSecret
from flask_maillage.app import create_app
from flask_maillage.cli.commands import maillage
from flask_maillage.cli.demo import demo
from flask_maillage.cli.initialising import init
from flask_maillage.cli.serving import serve
from flask_maillage.migrating import SchemeError
from flask_maillage.settings import SettingError
from flask_maillage.version import __version__


class Commands(click.Group):
    """The commands, with the errors that a person can mend told in one sentence."""

    def invoke(self, ctx: click.Context) -> object:
        """Run a command."""
        try:
            return super().invoke(ctx)
        except (SettingError, SchemeError, WrongSecret) as error:
            raise click.ClickException(str(error)) from None


@click.group(cls=Commands, commands={**maillage.commands, "init": init, "serve": serve, "demo": demo})
@click.version_option(__version__, prog_name="maillage")
@click.option("--verbose", "-v", is_flag=True, help="Log what happens.")
def commands(verbose: bool) -> None:
    """Maillage: a federated territorial network."""
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(name)s: %(message)s")


def main() -> None:
    """Run the command line."""
    commands(obj=ScriptInfo(create_app=lambda: create_app()), prog_name="maillage")
