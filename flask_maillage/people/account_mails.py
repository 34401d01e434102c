"""What mails about accounts say, in the language of who reads them.

What strangers typed stands in none that goes to an address which nobody confirmed: it could say anything.
"""

from actors import iris
from actors.models import Actor
from actors.node import node
from flask_maillage.mail.composing import Link, Message, Part
from flask_maillage.people.models import Applicant, Founding, Member, RoleInvitation
from flask_maillage.people.other_keys import OtherKeys
from flask_maillage.web.language import translate


def _(message: str) -> str:
    return message


TOKENS, FEEDS, IDENTITIES = "account/tokens", "my/settings#feeds", "account/identities"
NOT_YOU = _("If it was not you, do nothing: then nothing changes.")


def confirm_sign_up(secret: str, language: str) -> Message:
    """Return the mail with the link by which somebody says that the address is theirs."""
    return _message(
        language,
        _("Please confirm your address"),
        _("Somebody, you probably, asks for an account on %(node)s with this e-mail address."),
        _("Confirm it within two days, with the password that you chose:"),
        (_("Confirm the address"), f"sign-up/confirm/{secret}"),
        _("If it was not you, do nothing: then it is forgotten."),
    )


def known_already(language: str) -> Message:
    """Return the mail to somebody who signs up and has an account."""
    return _message(
        language,
        _("You have an account already"),
        _("Somebody, you probably, asks for an account on %(node)s with this e-mail address. There is one already."),
        (_("Sign in"), "sign-in"),
        (_("I do not know my password any more"), "password/forgot"),
        NOT_YOU,
    )


def waits(applicant: Applicant) -> Message:
    """Return the mail to an admin about somebody who waits for an answer."""
    language = node().language
    parts: list[Part] = [
        translate(language, _("%(name)s asks for an account: %(email)s"), name=applicant.name, email=applicant.email),
        applicant.reason,
        Link(translate(language, _("Answer")), iris.of_account("admin/applicants")),
    ]
    return Message(translate(language, _("Somebody asks for an account")), tuple(parts), language)


def admitted(member: Member) -> Message:
    """Return the mail that tells somebody that they are a member now."""
    return _message(
        member.language,
        _("Your account is open"),
        _("You are a member of %(node)s now, as %(address)s."),
        (_("Sign in"), "sign-in"),
        address=member.actor.address,
    )


def declined(applicant: Applicant, note: str) -> Message:
    """Return the mail that tells somebody that they get no account."""
    return _message(
        applicant.language,
        _("Your request for an account was not accepted"),
        _("Those who run %(node)s read your request, and did not accept it. What you wrote is erased."),
        *([_("They say: %(note)s")] if note else []),
        note=note,
    )


def new_password(secret: str, language: str) -> Message:
    """Return the mail with the link by which a member gives themselves a new password."""
    return _message(
        language,
        _("A new password"),
        _("Somebody, you probably, does not know the password of your account on %(node)s any more."),
        _("Choose a new one within two hours:"),
        (_("Choose a new password"), f"password/new/{secret}"),
        NOT_YOU,
    )


def no_account(language: str) -> Message:
    """Return the mail to an address without an account, whose owner may have another one in mind."""
    return _message(
        language,
        _("There is no account with this address"),
        _("Somebody, you probably, asks for a new password on %(node)s, but nobody has an account with this address."),
        _("Perhaps you signed up with another one. If it was not you, do nothing."),
    )


def password_changed(member: Member, keys: OtherKeys, *, ended: bool) -> Message:
    """Return the mail that tells a member that their password is another one now, and what became of `keys`."""
    parts: list[str | tuple[str, str]] = []
    if keys.tokens and ended:
        parts += [_("Revoked with it, these tokens of your programs: %(tokens)s."), (_("Make new ones"), TOKENS)]
    elif keys.tokens:
        parts += [_("These tokens of your programs still work: %(tokens)s."), (_("See your tokens"), TOKENS)]
    if keys.has_feeds and ended:
        parts.append(_("The secret addresses of your feeds and calendar lead nowhere any more."))
        parts.append((_("Make new addresses"), FEEDS))
    elif keys.has_feeds:
        parts.append(_("The secret addresses of your feeds and calendar still work."))
        parts.append((_("See your secret addresses"), FEEDS))
    if keys.identities:
        parts.append(_("One can still sign in to your account as: %(identities)s."))
        parts.append((_("See what is linked"), IDENTITIES))
    return _message(
        member.language,
        _("Your password was changed"),
        _("The password of your account on %(node)s was changed, and every session has ended."),
        *parts,
        _("If it was not you, take a new one at once, and tell those who run the node:"),
        (_("Choose a new password"), "password/forgot"),
        tokens=", ".join(keys.tokens),
        identities=", ".join(keys.identities),
    )


def linked(member: Member, name: str) -> Message:
    """Return the mail that tells a member that one can sign in to their account by way of another site."""
    return _message(
        member.language,
        _("Another way to sign in to your account"),
        _("From now on you can sign in to your account on %(node)s with %(name)s."),
        (_("See what is linked"), IDENTITIES),
        _("If it was not you, unlink it there, and change your password."),
        name=name,
    )


def new_browser(member: Member, browser: str) -> Message:
    """Return the mail about a browser in which a member was never signed in before."""
    return _message(
        member.language,
        _("Somebody signed in to your account"),
        _("Somebody, you probably, signed in to your account on %(node)s from a new browser: %(browser)s."),
        (_("See where you are signed in"), "account/sessions"),
        _("If it was not you, change your password: that ends every session."),
        browser=browser,
    )


def invited(invitation: RoleInvitation, secret: str, language: str) -> Message:
    """Return the mail by which somebody is invited to the node, or to a role for an actor."""
    if invitation.actor is None:
        sentence = _("%(who)s invites you to become a member of %(node)s.")
    else:
        sentence = _("%(who)s invites you to work for %(actor)s on %(node)s.")
    return _message(
        language,
        _("An invitation to %(node)s"),
        sentence,
        _("The link is good for two weeks:"),
        (_("See the invitation"), f"invited/{secret}"),
        _("If you do not know them, do nothing."),
        who=invitation.made_by.name,
        actor=invitation.actor.name if invitation.actor else "",
    )


def role_offered(invitation: RoleInvitation, member: Member) -> Message:
    """Return the mail to a member who is invited to a role."""
    return _message(
        member.language,
        _("You are invited: %(actor)s"),
        _("%(who)s invites you to work for %(actor)s on %(node)s."),
        (_("Answer"), "account/roles"),
        who=invitation.made_by.name,
        actor=invitation.actor.name if invitation.actor else "",
    )


def suspended(member: Member) -> Message:
    """Return the mail to a member who is kept out."""
    return _message(
        member.language,
        _("Your account is suspended"),
        _("Those who run %(node)s have suspended your account: you cannot sign in until they let you in again."),
        _("Ask them for the reason by answering where you usually reach them."),
    )


def founding_asked(request: Founding, admin: Member) -> Message:
    """Return the mail to an admin about an organisation that a member asks to found."""
    return _message(
        admin.language,
        _("Somebody asks to found an organisation"),
        _("%(who)s asks to found %(actor)s on %(node)s."),
        (_("Answer"), "admin/foundings"),
        who=request.member.name,
        actor=request.name,
    )


def founded(member: Member, actor: Actor) -> Message:
    """Return the mail that tells a member that what they asked for is founded."""
    return _message(
        member.language,
        _("It is founded: %(actor)s"),
        _("%(actor)s has a page on %(node)s now, and you administer it."),
        (_("Invite others"), f"@{actor.handle}/people"),
        actor=actor.name,
    )


def not_founded(request: Founding, note: str) -> Message:
    """Return the mail that tells a member that it is not."""
    return _message(
        request.member.language,
        _("Not founded: %(actor)s"),
        _("Those who run %(node)s read your request to found %(actor)s, and did not accept it."),
        *([_("They say: %(note)s")] if note else []),
        actor=request.name,
        note=note,
    )


def confirm_deletion(secret: str, member: Member) -> Message:
    """Return the mail with the link by which a member without a password deletes their account."""
    return _message(
        member.language,
        _("Do you want to delete your account?"),
        _("Somebody, you probably, asks to delete your account on %(node)s. There is no way back."),
        _("If you want that, confirm it within an hour:"),
        (_("Delete the account"), f"account/delete/{secret}"),
        NOT_YOU,
    )


def deleted(member: Member) -> Message:
    """Return the last mail to somebody who has left."""
    return _message(
        member.language,
        _("Your account is deleted"),
        _("Your account on %(node)s is deleted, as you asked. This is the last mail that we send you."),
    )


def confirm_email(secret: str, language: str) -> Message:
    """Return the mail to a new address of a member."""
    return _message(
        language,
        _("Please confirm your new address"),
        _("A member of %(node)s, you probably, wants to use this e-mail address from now on."),
        (_("Use this address"), f"account/email/{secret}"),
        NOT_YOU,
    )


def address_is_taken(language: str) -> Message:
    """Return the mail to an address that a member wants to use, and that has an account of its own."""
    return _message(
        language,
        _("This address has an account already"),
        _("A member of %(node)s, you perhaps, wants to use this e-mail address; there is another account with it."),
        _("One address is good for one account. If it was not you, do nothing."),
    )


def email_changed(member: Member) -> Message:
    """Return the mail to the address that a member had until now; it does not name the new one."""
    return _message(
        member.language,
        _("Your e-mail address was changed"),
        _("Your account on %(node)s is reached by another e-mail address from now on; this one is good no longer."),
        _("If it was not you, tell those who run the node at once."),
    )


def _message(language: str, subject: str, *parts: str | tuple[str, str], **variables: str) -> Message:
    """Put a mail together: sentences, and links as pairs of a label and a path of ours."""
    words = {"node": node().name, **variables}

    def said(text: str) -> str:
        return translate(language, text, **words) if "%(" in text else translate(language, text)

    written = tuple(
        Link(said(part[0]), iris.of_account(part[1])) if isinstance(part, tuple) else said(part) for part in parts
    )
    return Message(said(subject), written, language)
