"""The one blueprint of all pages; packages add their routes to it, the extension registers it under the prefix."""

from flask import Blueprint

from flask_maillage.resources import static_folder, templates_folder

pages = Blueprint(
    "maillage",
    "flask_maillage",
    template_folder=str(templates_folder()),
    static_folder=str(static_folder()),
    static_url_path="/static",
)
