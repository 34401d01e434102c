"""A person at a browser without scripts: follows redirects by hand, fills forms as they are on the page."""

from contextvars import Context
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import Client, TestResponse

Values = dict[str, Any]


class FormReader(HTMLParser):
    """Collects what each form of a page would send as it stands, its buttons left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[tuple[str, MultiDict[str, str]]] = []
        self._select: str | None = None
        self._first: str | None = None
        self._multiple = self._chosen = False
        self._textarea: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        if tag == "form":
            self.forms.append((given.get("action", ""), MultiDict()))
        elif not self.forms:
            return
        elif tag == "input" and given.get("name") and (given.get("type") != "checkbox" or "checked" in given):
            self.forms[-1][1].add(given["name"], given.get("value", ""))
        elif tag == "textarea":
            self._textarea, self._text = given["name"], ""
        elif tag == "select":
            self._select, self._first, self._chosen = given["name"], None, False
            self._multiple = "multiple" in given
        elif tag == "option" and self._select:
            self._first = given["value"] if self._first is None else self._first
            if "selected" in given:
                self.forms[-1][1].add(self._select, given["value"])
                self._chosen = True

    def handle_data(self, data: str) -> None:
        if self._textarea is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea is not None:
            text = self._text.removeprefix("\r\n").removeprefix("\n")
            self.forms[-1][1].add(self._textarea, text)
            self._textarea = None
        elif tag == "select" and self._select:
            if not self._chosen and not self._multiple and self._first is not None:
                self.forms[-1][1].add(self._select, self._first)
            self._select = None


class Reader:
    """One person with one set of cookies; each request has a context of its own, as on a server."""

    def __init__(self, app: Flask) -> None:
        self.client: Client = app.test_client()

    def get(self, path: str, **more: Any) -> TestResponse:
        return Context().run(self.client.get, path, **more)

    def post(self, path: str, data: Any = None, **more: Any) -> TestResponse:
        return Context().run(self.client.post, path, data=data, **more)

    def form(self, page: TestResponse, field: str = "csrf_token") -> MultiDict[str, str]:
        """Return what the form of a page that has this field would send."""
        reader = FormReader()
        reader.feed(page.text)
        return next(values for _, values in reader.forms if field in values)

    def fill(self, page: TestResponse, **typed: Any) -> MultiDict[str, str]:
        """Return what the form of a page sends after these fields were typed over."""
        values = self.form(page)
        for name, value in typed.items():
            values.setlist(name, value if isinstance(value, list) else [value])
        return values

    def submit(self, path: str, **typed: Any) -> TestResponse:
        """Open the page of a form, type, and send it."""
        return self.post(path, self.fill(self.get(path), **typed))

    def sign_in(self, email: str = "ann@example.org", password: str = "correct horse battery") -> TestResponse:
        return self.submit("/sign-in", email=email, password=password)

    def submit_sign_out(self) -> TestResponse:
        return self.post("/sign-out", self.form(self.get("/account")))
