"""Have to do with a call by links in mails alone: as a guest who applies, and as a seat of the committee."""

from playwright.sync_api import expect

from tests.browser.life.words import BREAKFAST, fill
from tests.browser.passing import Node, Passer


def receive(node: Node, office: Passer, zoe: Passer) -> None:
    """The seat without an account says by the link in its mail that it has the application."""
    office.go(node.link("office@example.org", "seats/"))
    office.look("a seat by mail")
    office.follow(office.page.locator("main form button"))
    expect(office.page.locator(".standing")).to_be_visible()
    office.examine("received by mail")
    zoe.page.reload()
    expect(zoe.page.locator("main")).to_contain_text("3 membres sur 3 ont confirmé")


def apply(node: Node, ida: Passer, path: str) -> None:
    """Apply without an account, by the links in mails."""
    page = ida.page
    ida.go(f"{path}/apply")
    ida.look("apply without an account")
    page.locator("#email").fill("ida@example.org")
    ida.follow(page.get_by_role("button", name="Send me the link"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")
    ida.look("look into your mailbox")
    ida.go(node.link("ida@example.org", "applications/"))
    ida.look("confirm an address")
    ida.follow(page.get_by_role("button", name="Yes, this is my address"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Write the application")
    ida.look("write as a guest")
    texts = {"name": BREAKFAST, "applicant_name": "Ida Rossi", "initiative_name": BREAKFAST}
    fill(page, texts)
    page.locator("#country").select_option("IT")
    page.get_by_label("What do you want to change?").fill("Meet once a week")
    ida.follow(page.get_by_role("button", name="Look at it before it goes"))
    ida.look("check as a guest")
    ida.follow(page.get_by_role("button", name="Send the application"))
    expect(page.locator(".standing").first).to_contain_text("Registered")
    ida.look("sent as a guest")


def read_a_refusal(node: Node, ida: Passer) -> None:
    """A guest reads by the link in a mail that the application was not selected, and why."""
    ida.go(node.link("ida@example.org", "applications/"))
    expect(ida.page.get_by_role("heading", level=2).first).to_have_text("Not selected")
    expect(ida.page.locator("main")).to_contain_text("It is for one day only.")
    ida.examine("not selected")
