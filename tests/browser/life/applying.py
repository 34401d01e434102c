"""Apply to a call as a member who has no mouse, on a telephone, in French, and live on with it."""

from playwright.sync_api import Page, expect

from tests.browser.keyboard import press, tab_to, write
from tests.browser.life.words import CALL, LIMIT, LOG, RESULT, fill
from tests.browser.passing import Node, Passer


def apply_by_keyboard(zoe: Passer) -> None:
    """Find the call, write in French on a telephone without a mouse, mend what is wrong, send it."""
    page = zoe.page
    zoe.sign_in("zoe@example.org")
    zoe.go("/")
    zoe.look("home")
    press(page, f"main a:has-text('{CALL}')")
    zoe.look("the call to Zoé")
    press(page, "main a[href$='/apply']")
    zoe.look("apply")
    tab_to(page, "[name=actor]")
    page.keyboard.press("Space")
    press(page, "main form.form button[type=submit]")
    expect(page.get_by_role("heading", level=1)).to_have_text("Écrire la candidature")
    zoe.look("write")
    first, second = (f"#{page.locator('main [data-limit]').nth(n).get_attribute('id')}" for n in (-2, -1))
    write(page, "#name", LOG)
    write(page, "#initiative_name", LOG)
    write(page, "#country", "France")
    write(page, second, "x" * (LIMIT + 1))
    expect(page.locator(f"{second}-count")).to_contain_text(str(LIMIT + 1))
    _rest(page)
    expect(page.locator("#autosave")).to_contain_text("Enregistré à")
    zoe.examine("written")
    press(page, "button[name=do][value=check]:not(.unseen)")

    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    zoe.examine("wrong")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(first)).to_be_focused()
    expect(page.locator(first)).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"{first}-error")).to_be_visible()
    expect(page.locator("#name")).to_have_value(LOG)
    page.keyboard.type("Savoir ce que vaut une heure")
    tab_to(page, second)
    page.keyboard.press("Control+a")
    page.keyboard.type("Quarante coursiers")
    expect(page.locator(f"{second}-count")).to_contain_text("18")
    press(page, "button[name=do][value=check]:not(.unseen)")
    expect(page.get_by_role("heading", level=1)).to_have_text("Avant l'envoi")
    zoe.look("check")
    press(page, "main form button[type=submit]")
    expect(page.locator(".standing").first).to_contain_text("Enregistrée")
    zoe.look("sent")


def _rest(page: Page) -> None:
    """Leave the page for a moment: what is typed is saved then, or after some seconds."""
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', {value: 'hidden', configurable: true});"
        "document.dispatchEvent(new Event('visibilitychange'))"
    )


def correct(zoe: Passer) -> None:
    """See who has it, and correct an answer."""
    page = zoe.page
    expect(page.locator("main")).to_contain_text("2 membres sur 3 ont confirmé")
    expect(page.locator("main")).to_contain_text("Pas encore confirmé : The office")
    press(page, "main a[href$='/write']")
    tab_to(page, "#name")
    page.keyboard.press("End")
    page.keyboard.type(" des coursiers")
    press(page, "button[name=do][value=check]:not(.unseen)")
    zoe.examine("check of a correction")
    press(page, "main form button[type=submit]")
    expect(page.get_by_role("heading", level=2)).to_have_text(["Version 2", "Version 1"])
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{LOG} des coursiers")
    zoe.examine("corrected")


def confirm(node: Node, zoe: Passer) -> str:
    """Be told of the decision, read it, confirm the place; return the address of the application."""
    page = zoe.page
    node.work()
    zoe.go("/my/notifications")
    zoe.look("notifications")
    zoe.go("/my/applications")
    zoe.look("my applications")
    press(page, f"main a:has-text('{LOG}')")
    expect(page.get_by_role("heading", level=2).first).to_have_text("Elle est retenue")
    zoe.look("selected")
    press(page, "main a[href$='/place']")
    zoe.look("a place to confirm")
    press(page, "main form button[value=accept]")
    expect(page.locator("main")).to_contain_text("Vous avez confirmé la place")
    zoe.examine("confirmed")
    return page.url.partition("#")[0]


def bring(node: Node, zoe: Passer, application: str) -> None:
    """Read in which group the application is, come to its session, and write down what that brought."""
    page = zoe.page
    node.work()
    zoe.go(application)
    expect(page.locator("main")).to_contain_text("Votre groupe : First group")
    zoe.look("in a group")
    zoe.follow(page.locator("main a[href$='/my/sessions']"))
    zoe.look("my sessions")
    zoe.follow(page.get_by_role("button", name="Je viens"))
    expect(page.locator(".standing")).to_have_text("Vous venez.")
    zoe.examine("coming to a session")
    zoe.follow(page.locator("main a[href*='/outputs/']"))
    zoe.look("what a session brought")
    fill(page, {"strengths": "Trois villes en même temps", "action_plan": "Écrire aux préfectures | Zoé | 2027-03-01"})
    zoe.follow(page.locator("main form.form button[type=submit]"))
    expect(page.locator("main [role=status]").first).to_be_visible()
    zoe.examine("brought")


def answer(node: Node, zoe: Passer, application: str) -> None:
    """Read what the coordinator wrote, answer, and share with the group how one is reached."""
    page = zoe.page
    node.work()
    zoe.go(application)
    press(page, "main a[href*='/my/follow-up/']")
    expect(page.locator("main ol.board > li").first).to_contain_text("Ask for the data.")
    zoe.look("my follow-up")
    press(page, "main a[href*='write=answer']")
    write(page, "[name=content]", "Nous les avons.")
    press(page, "#write button[type=submit]")
    expect(page.locator("main ol.board > li").first).to_contain_text("Nous les avons.")
    zoe.follow(page.locator("main a[href$='/contact']"))
    fill(page, {"email": "zoe@coursiers.example"})
    zoe.follow(page.locator("main form.form button[type=submit]"))
    expect(page.get_by_role("button", name="Ne plus partager")).to_be_visible()
    zoe.examine("contacts of the group")


def read_the_end(node: Node, zoe: Passer) -> None:
    """Read what came of it; nothing can be written any more."""
    page = zoe.page
    node.work()
    zoe.go("/my/follow-up")
    zoe.look("my follow-ups")
    press(page, f"main a:has-text('{LOG}')")
    expect(page.locator("main ol.board > li").first).to_contain_text(RESULT)
    expect(page.locator("main a[href*='write=']")).to_have_count(0)
    zoe.examine("the end")
