"""Run a call in a browser: write it, let its committee judge, decide, gather, follow up, close."""

from playwright.sync_api import expect

from tests.browser.life.words import BREAKFAST, CALL, LIMIT, LOG, RESULT, day, fill
from tests.browser.passing import Passer


def publish(ann: Passer) -> str:
    """Write a call with all that belongs to it, and return its path."""
    page = ann.page
    ann.go("/@union/calls/new")
    texts = {"name": CALL, "text": "Come **all**.", "deadline": day(2), "maximum_selected": "2"}
    texts |= {"cohorts": "First group | 1\nSecond group | 1", "note_characters": "200"}
    for number, label in enumerate(("What do you want to change?", "Who does it with you?")):
        texts |= {f"questions-{number}-label": label, f"questions-{number}-characters": str(LIMIT)}
    texts |= {"committee-0-name": "Bea Okonkwo", "committee-0-organisation": "ETUC", "committee-0-actor": "@bea"}
    texts |= {"committee-1-name": "Carl Berg", "committee-1-organisation": "IRES", "committee-1-actor": "@carl"}
    for number, label in enumerate(("Use to workers", "Chance to last")):
        texts[f"criteria-{number}-label"] = label
    fill(page, texts)
    page.locator("[name=questions-0-required]").check()
    ann.follow(page.get_by_role("button", name="Preview"))
    expect(page.locator("#shown")).to_contain_text(CALL)
    fill(page, {"committee-2-name": "The office", "committee-2-email": "office@example.org"})
    ann.follow(page.get_by_role("button", name="Publish", exact=True))
    expect(page.get_by_role("status")).to_contain_text("Published.")
    expect(page.get_by_role("heading", level=1)).to_contain_text(CALL)
    ann.look("the call")
    return page.url


def deliberate(ann: Passer, path: str) -> None:
    """Let the committee begin, after the deadline."""
    ann.go(f"{path}/manage")
    ann.look("steps of the call")
    ann.follow(ann.page.get_by_role("button", name="Begin to deliberate"))
    expect(ann.page.locator("main")).to_contain_text("The committee deliberates.")


def decide(ann: Passer, path: str) -> None:
    """Arrange, look at what is missing, mend it, publish."""
    page = ann.page
    ann.go(f"{path}/manage")
    ann.follow(page.get_by_role("link", name="Applications", exact=True))
    ann.look("all applications")
    ann.follow(page.get_by_role("link", name="Decisions", exact=True))
    ann.look("decisions")
    for name, outcome in ((LOG, "selected"), (BREAKFAST, "declined")):
        card = page.locator("li.sheet", has=page.get_by_role("link", name=name))
        card.locator("select").select_option(outcome)
    ann.follow(page.get_by_role("button", name="Keep").last)
    ann.follow(page.get_by_role("link", name="To what would be published"))
    ann.examine("what is missing")
    ann.follow(page.locator("main .lines a").first)
    page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
    for name, text in ((LOG, "It is **useful** at once."), (BREAKFAST, "It is for one day only.")):
        page.locator("li.sheet", has_text=name).locator("[name^=motives-]").fill(text)
    page.locator("li.sheet", has_text=BREAKFAST).locator("[name^=reason-]").fill("The others were asked by telephone.")
    ann.examine("motives")
    ann.follow(page.get_by_role("button", name="Keep").last)
    ann.follow(page.get_by_role("link", name="To what would be published"))
    ann.look("what would be published")
    ann.follow(page.get_by_role("button", name="Publish 2 decisions"))
    expect(page.get_by_role("status").first).to_contain_text("2 decisions are published")
    ann.examine("places")


def gather(ann: Passer, path: str) -> None:
    """Put the initiative into a group, and make the session of that."""
    page = ann.page
    ann.follow(page.get_by_role("link", name="Groups", exact=True))
    page.locator("main select").select_option(label="First group")
    ann.look("groups")
    ann.follow(page.get_by_role("button", name="Keep"))
    expect(page.get_by_role("status").first).to_contain_text("1 is placed")
    ann.follow(page.get_by_role("link", name="Sessions", exact=True))
    ann.look("sessions")
    ann.follow(page.get_by_role("link", name="Make the session").first)
    texts = {"starts": f"{day(30)}T09:00", "ends": f"{day(30)}T17:00", "online_url": "https://meet.example.org/1"}
    fill(page, texts)
    ann.look("a session to make")
    ann.follow(page.get_by_role("button", name="Make the session and invite"))
    expect(page.get_by_role("status").first).to_contain_text("The session is made")
    ann.examine("a session")
    ann.go(f"{path}/manage")


def follow_up(ann: Passer, path: str) -> None:
    """Read what the session brought, note a contact, and say what the next step is."""
    page = ann.page
    ann.go(f"{path}/manage")
    ann.follow(page.get_by_role("link", name="Follow-up", exact=True))
    ann.look("follow-up")
    ann.follow(page.get_by_role("link", name=LOG))
    expect(page.locator("main ol.board > li")).to_contain_text("Trois villes en même temps")
    ann.look("follow-up of one")
    for sort, field, when, text in (
        ("contact", "on", day(2), "By telephone: they begin in May."),
        ("next_step", "due", day(40), "Ask for the data."),
    ):
        ann.follow(page.locator(f"main a[href*='write={sort}']"))
        fill(page, {field: when, "content": text})
        ann.look(f"a {sort}")
        _send(ann, text)


def close(ann: Passer) -> None:
    """Read how the leader is reached and what they answered, and close with what came of it."""
    page = ann.page
    page.reload()
    expect(page.locator("main")).to_contain_text("zoe@coursiers.example")
    expect(page.locator("main ol.board")).to_contain_text("Nous les avons")
    ann.follow(page.locator("main a[href*='write=result']"))
    fill(page, {"content": RESULT})
    ann.look("a result")
    _send(ann, RESULT)
    expect(page.locator("main")).to_contain_text("Closed")
    ann.examine("closed")


def read_the_log(ann: Passer, path: str) -> None:
    """Read, unbroken, who did what from the first application to the last word."""
    ann.go(f"{path}/manage/log")
    expect(ann.page.locator("main .lead")).to_contain_text("each follows from the one before")
    expect(ann.page.locator("main ol.board > li").first).to_contain_text("closed")
    ann.look("the log")


def _send(ann: Passer, text: str) -> None:
    ann.follow(ann.page.locator("#write button[type=submit]"))
    expect(ann.page.locator("main ol.board > li").first).to_contain_text(text)
