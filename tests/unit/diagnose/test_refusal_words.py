"""What the words of a refusal mean beside its status, the values of the person and what the app serves."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from tests.unit.diagnose.refused_stories import REMOTE, SALES, answering, everywhere, of_domain, pushed, refused, typed
from tests.unit.diagnose.served import scim_error
from tests.unit.diagnose.story import LINK, LOGIN, Story


def worded(words: str, *, status: str = "Bad Request", peers: tuple[Any, ...] = (), **profile: Any) -> Story:
    """Ada's create is refused with those words; the others have the values `peers` of her one attribute."""
    story = refused(f"{status}. {REMOTE} {words}", **profile)
    for entry, value in zip(story.app_users, peers, strict=False):
        entry["profile"].update(dict.fromkeys(profile, value))
    return story


def _nouns() -> Iterator[tuple[str, str, Story]]:
    """A noun in a name, in a value or as a mere object decides nothing."""
    code = "invalid-attribute-value"
    yield code, "name", worded("parkingSlots: limit is 2", parkingSlots="3", peers=("1", "2", "1"))
    yield code, "path", worded("urn:acme:1.0:User:seatsMax exceeded", seatsMax="70", peers=("1", "2", "1"))
    yield code, "field", worded("The domain field may only contain letters", domain="x-1", peers=("x", "y", "z"))
    yield code, "quoted", worded('title "Head of License Limits" is too long', title="Head of License Limits")
    yield code, "unquoted", worded("Head of License Limits has a word too many", title="Head of License Limits")
    code = "missing-required-attribute"
    yield code, "of another", worded("The password reset address (backupMail) is mandatory", backupMail=None)
    yield code, "empty type", worded("User type not given", userType=None, peers=("Staff", "Guest", "Staff"))
    code = "token-lacks-permission"
    for words in (
        "You have no permission to hand out seats",
        "This key may not set passwords or assign a license",
        "Clients like this are not allowed to set a password",
    ):
        yield code, words, worded(words, status="Forbidden")
    words = "Only domain owners may change members"
    yield code, words, pushed(f"Forbidden. {REMOTE} {words}")
    yield code, f"{words}, of a guest", of_domain(f"Forbidden. {REMOTE} {words}")
    yield (
        "domain-not-approved",
        "a right",
        of_domain(f"Forbidden. {REMOTE} contractor.example is not an authorized domain"),
    )
    words = "A member already holds a seat: the user is already licensed elsewhere; limit one account each"
    yield "duplicate-user-hidden", "taken by the person", worded(words, status="Conflict")
    for words in (
        "All our licences are already assigned",
        "Alle Lizenzen sind bereits vergeben",
        "席は既に使用されています",
    ):
        yield "seat-limit-reached", words, worded(words)


def _domains() -> Iterator[tuple[str, str, Story]]:
    story = worded("acme.example is no verified domain")
    yield "invalid-attribute-value", "everybody has it", story
    story = Story().user(login=SALES, email=SALES).assigned(user_name=SALES, email=SALES, linked=LINK, sync="ERROR")
    story.asked = SALES
    story = story.with_account(user_name=SALES).failed(0.1, "push_profile", f"Forbidden. {REMOTE} domain admin rights")
    yield "token-lacks-permission", "an update", story.tick(90)


def _limits() -> Iterator[tuple[str, str, Story]]:
    texts = (
        "The team of acme.example is full (7 of 7 people)",
        "Please upgrade: 30/30 members",
        "workspace is at capacity",
        "All 12 of the spots you pay for are taken",
        "席が不足しています",
        "Ya no quedan plazas",
        "Não há vagas disponíveis",
        "Tutti i posti sono esauriti: limite raggiunto",
        "Alle Plätze sind belegt",
        "Maximum number of guests reached",
        "Upgrade your subscription first",
        "Insufficient licenses",
    )
    for words, status in itertools.product(texts, ("Forbidden", "Unprocessable Entity")):
        yield "seat-limit-reached", f"{words} ({status})", worded(words, status=status)
    code = "token-lacks-permission"
    for words in ("Upgrade your client to TLS 1.2", "attempt 3 of 3", "SCIM is not part of your license"):
        yield code, words, worded(words, status="Forbidden")
    code = "password-policy-rejected"
    for words in (
        "The credential fails the complexity policy (digit, symbol)",
        "パスワードが短すぎます: 8文字必要",
        "密码必须包含数字",
        "La contraseña debe contener una mayúscula",
        "Hasło musi zawierać cyfrę",
        "a password is required",
        "passwords are not supported",
    ):
        yield code, words, worded(words)


def _types() -> Iterator[tuple[str, str, Story]]:
    code = "unknown-user-type"
    peers = ("owner", "reader", "reader")
    yield code, "must be", worded("crewRole must be owner, writer or reader", crewRole="boss", peers=peers)
    yield code, "in brackets", worded("urn:a:b:seatKind: one of [owner, reader]", seatKind="boss", peers=peers)
    yield code, "of few", worded("bad crewRole", crewRole="boss", peers=peers)
    yield code, "named later", worded('no such role "boss"', roomRole="reader", crewRole="boss", peers=peers)
    unseen = pushed(f"Bad Request. {REMOTE} seatKind: one of [owner, reader]").attributes(seatKind="seatKind")
    yield "invalid-attribute-value", "of an assignment that was not saved", unseen.without_app_users()
    yield (
        "invalid-attribute-value",
        "no type",
        worded("locale must be en, de or fr", locale="sv", peers=("en", "de", "fr")),
    )
    yield "invalid-attribute-value", "an id", worded("licenceNo is unknown", licenceNo="7", peers=("1", "2", "3"))


def _reads() -> Iterator[tuple[str, str, Story]]:
    code = "credentials-rejected"
    words = "Schlüssel ist nicht mehr gültig"
    closed = everywhere(scim_error(403, words))
    yield code, "reads too", answering(refused(f"Forbidden. {REMOTE} {words}", "verify_exists"), closed)
    yield code, "a write, and the probe", answering(pushed(f"Forbidden. {REMOTE} {words}"), closed)
    yield code, "an update alone", pushed(f"Unauthorized. {REMOTE} go away")
    yield code, "an old token", refused(f"Unauthorized. {REMOTE} token expired")
    code = "token-lacks-permission"
    yield code, "a right to read", answering(refused(f"Forbidden. {REMOTE} scope users:read", "verify_exists"), closed)
    yield code, "401 of a scope", refused(f"Unauthorized. {REMOTE} insufficient_scope: users:write")
    yield code, "401 of a create", refused(f"Unauthorized. {REMOTE} go away")
    yield code, "401 of an update's scope", pushed(f"Unauthorized. {REMOTE} scope users:write needed")
    works = refused(f"Forbidden. {REMOTE} {words}", "verify_exists").other(3, "provision.user.push_profile")
    yield code, "others work", works
    code = "invalid-attribute-value"
    yield code, "404 of a value", worded("no manager x-17", status="Not Found", bossId="x-17", peers=("a-1", "b", "c"))
    yield "server-error", "404 of a create", refused("Not Found")


def _existing() -> Iterator[tuple[str, str, Story]]:
    code = "duplicate-user-hidden"
    for words in ("Usuário já cadastrado", "このメールは既に使用されています", "User already has a license"):
        yield code, words, worded(words)
    story = refused(f"Unprocessable Entity. {REMOTE} nope").with_account(active=False, created=-9000)
    assert story.server is not None
    story.server.hides_inactive = True
    yield code, "seen in the list", story
    address = [{"value": LOGIN, "primary": True}]
    story = worded(f"e-mail {LOGIN} is already being used")
    yield "username-mismatch", "by e-mail", story.with_account(user_name="abyron", emails=address, externalId="")


STORIES = [*_nouns(), *_domains(), *_limits(), *_types(), *_reads(), *_existing()]


@pytest.mark.parametrize(
    ("code", "story"), [pytest.param(code, story, id=f"{code}: {name}") for code, name, story in STORIES]
)
def test_the_story_ends_in_its_cause(code: str, story: Story) -> None:
    causes = story.diagnosed().causes
    assert [cause.code.word for cause in causes][:1] == [code], [cause.title for cause in causes]


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (worded("El nombre de usuario contiene caracteres no permitidos"), "value of userName"),
        (worded("Benutzername enthält ungültige Zeichen"), "value of userName"),
        (worded("Le nom d'utilisateur est refusé"), "value of userName"),
        (worded("El nombre no es válido"), "value of first name"),
        (worded('"Absurdistan" is unknown', homeCountry="Absurdistan"), "value of homeCountry"),
        (worded("addresses.country is no ISO code", countryCode="Absurdistan"), "value of countryCode"),
        (worded("no manager x-17", status="Not Found", bossId="x-17", familyName="Bÿron"), "value of bossId"),
        (worded('title "Chief" is unknown', title="Chief", familyName="Bÿron"), "value of title"),
        (worded('User "Ada Byron" is refused', title="A\u200b"), "has an invisible or control character (U+200B)"),
        (typed("boss", f"Bad Request. {REMOTE} bad memberType"), "the user type 'boss' (memberType)"),
        (
            worded("invalid role", crewRole="boss", peers=("owner", "reader", "reader")),
            "the user type 'boss' (crewRole)",
        ),
    ],
)
def test_what_is_refused_is_named(story: Story, said: str) -> None:
    first = story.diagnosed().causes[0]
    assert said in first.title
