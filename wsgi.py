"""The stand-alone node for a WSGI server: `gunicorn wsgi:app`."""

from flask_maillage import create_app

app = create_app()
