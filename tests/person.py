"""A person at a browser without scripts, over real sockets: signs in, reads pages, fills the forms that are on them."""

from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
from lxml import html

SECONDS = 30


class Page:
    """A page as it was answered."""

    def __init__(self, person: "Person", answer: requests.Response) -> None:
        self.person, self.status, self.address = person, answer.status_code, answer.url
        self.tree = html.fromstring(answer.content, base_url=answer.url) if answer.content else html.Element("html")
        self.raw = answer

    @property
    def text(self) -> str:
        """What a reader sees of its main part, spaces made one."""
        main = self.tree.find(".//main")
        return " ".join((main if main is not None else self.tree).text_content().split())

    def link(self, words: str) -> str:
        """Return where the first link leads whose text has these words."""
        for anchor in self.tree.iter("a"):
            if words in " ".join(anchor.text_content().split()):
                return urljoin(self.address, anchor.get("href"))
        raise AssertionError(f"no link {words!r} on {self.address}: {self.text[:2000]}")

    def follow(self, words: str) -> "Page":
        """Open what the first link leads to whose text has these words."""
        return self.person.open(self.link(words))

    def form(self, *, button: str = "", field: str = "") -> Any:
        """Return the first form that has a button with these words, or a field of this name."""
        for form in self.tree.iter("form"):
            has_button = any(button in _words(one) for one in _buttons(form)) if button else True
            if has_button and (not field or field in form.fields):
                return form
        raise AssertionError(f"no form with {button or field!r} on {self.address} ({self.status}): {self.text[:3000]}")

    def press(self, button: str, *, files: dict[str, Path] | None = None, **typed: Any) -> "Page":
        """Send the form that has this button, with these fields typed over; names with dashes have underscores here."""
        form = self.form(button=button)
        values: list[tuple[str, str]] = []
        typed = {self._named(form, name): value for name, value in typed.items()}
        for name, value in form.form_values():
            if name not in typed:
                values.append((name, value))
        for name, value in typed.items():
            values += [(name, str(one)) for one in (value if isinstance(value, list | tuple) else [value])]
        pressed = next(one for one in _buttons(form) if button in _words(one))
        if pressed.get("name"):
            values.append((pressed.get("name"), pressed.get("value", "")))
        target = urljoin(self.address, pressed.get("formaction") or form.get("action") or self.address)
        return self.person.post(target, values, files)

    @staticmethod
    def _named(form: Any, name: str) -> str:
        found = [one for one in form.fields if one == name or one.replace("-", "_") == name]
        assert found, f"no field {name} among {sorted(form.fields)}"
        return found[0]


class Person:
    """Somebody with one set of cookies at one node."""

    def __init__(self, base_url: str) -> None:
        self.base_url, self.session = base_url, requests.Session()

    def sign_in(self, email: str, password: str) -> "Person":
        """Sign in, and return oneself."""
        page = self.open("/sign-in").press("Sign in", email=email, password=password)
        assert page.status == 200, page.text
        return self

    def open(self, address: str) -> Page:
        """Open a page of the node."""
        answer = self.session.get(urljoin(self.base_url, address), headers={"Accept": "text/html"}, timeout=SECONDS)
        return Page(self, answer)

    def post(self, address: str, values: list[tuple[str, str]], files: dict[str, Path] | None = None) -> Page:
        """Send a form, and follow where that leads."""
        sent = [(name, (path.name, path.read_bytes())) for name, path in (files or {}).items()]
        answer = self.session.post(address, data=values, files=sent or None, timeout=SECONDS)
        return Page(self, answer)


def _buttons(form: Any) -> list[Any]:
    return [*form.iter("button"), *(one for one in form.iter("input") if one.get("type") == "submit")]


def _words(button: Any) -> str:
    return " ".join((button.text_content() or button.get("value") or "").split())
