"""The command `maillage` of a stand-alone node."""

import logging
import sys

import click
from flask.cli import ScriptInfo

from flask_maillage.app import create_app
from flask_maillage.cli.commands import Commands, maillage
from flask_maillage.cli.demo import demo
from flask_maillage.cli.initialising import init
from flask_maillage.cli.serving import serve
from flask_maillage.version import __version__


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
