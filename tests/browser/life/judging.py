"""Judge applications in a browser, as a member of the committee with an account."""

from playwright.sync_api import expect

from tests.browser.life.words import BREAKFAST, CALL, LOG
from tests.browser.passing import Passer


def judge(who: Passer, email: str, points: tuple[str, str], why: str) -> None:
    """Give an opinion of the first application with its criteria, from the list of one's committees."""
    page = who.page
    who.sign_in(email)
    who.go("/my/committees")
    who.follow(page.get_by_role("link", name=CALL).first)
    expect(page.locator("main h2")).to_have_count(2)
    who.follow(page.get_by_role("link", name=f"{LOG} des coursiers"))
    expect(page.locator("main")).not_to_contain_text("from the first day")
    who.look("an application")
    page.locator("[name=opinion][value=admissible]").check()
    for number, given in enumerate(points):
        page.locator("[name^=points-]").nth(number).fill(given)
    page.locator("[name=why]").fill(why)
    who.follow(page.locator("main form.form button[type=submit]"))
    expect(page.locator("main .sheet .prose").last).to_contain_text("lasts")
    who.examine("an opinion")


def judge_the_second(carl: Passer) -> None:
    """Go on to the other application, and be against it."""
    page = carl.page
    carl.follow(page.get_by_role("link", name="Next without my opinion").first)
    expect(page.get_by_role("heading", level=1)).to_have_text(BREAKFAST)
    page.locator("[name=opinion][value=not_admissible]").check()
    carl.follow(page.get_by_role("button", name="Give my opinion"))
    expect(page.get_by_role("button", name="Change my opinion")).to_be_visible()


def declare_a_conflict(bea: Passer) -> None:
    """See what the other thinks, now, and leave the second application to others."""
    page = bea.page
    expect(page.locator("main")).to_contain_text("from the first day")
    bea.follow(page.get_by_role("link", name="Suivante sans mon avis").first)
    expect(page.get_by_role("heading", level=1)).to_have_text(BREAKFAST)
    bea.follow(page.locator("main a[href$='/conflict']"))
    bea.look("a conflict")
    page.locator("[name=sure]").check()
    bea.follow(page.locator("main form.form button[type=submit]"))
    expect(page.locator("main [role=status]").first).to_contain_text("conflit")
    bea.examine("a conflict declared")


def read_what_was_decided(carl: Passer) -> None:
    """Read in the list of the committee what the coordinator published."""
    carl.go("/my/committees")
    carl.follow(carl.page.get_by_role("link", name=CALL).first)
    expect(carl.page.locator("main li.sheet", has_text=LOG)).to_contain_text("selected")
    expect(carl.page.locator("main li.sheet", has_text=BREAKFAST)).to_contain_text("declined")
    carl.look("a committee after the decisions")
