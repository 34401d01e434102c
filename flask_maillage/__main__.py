"""`python -m flask_maillage` is the command `maillage`."""

from flask_maillage.cli.main import main

main()
