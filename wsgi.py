"""The stand-alone node for a WSGI server: `gunicorn wsgi:app`."""

from flask_maillage.app import create_app

app = create_app()
