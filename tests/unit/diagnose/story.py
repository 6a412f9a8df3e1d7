"""Builds the evidence of a made-up case event by event, for tests of the rules."""

import itertools
from typing import Any

from scimctl.diagnose.accounts import Survey
from scimctl.diagnose.diagnosis import Diagnosis, Question, Server, diagnose, read_case
from scimctl.diagnose.evidence import Evidence, Piece
from scimctl.diagnose.probes import Probe, Wish, play
from scimctl.exchange import Exchange
from tests.unit.diagnose.served import CORE, App, account
from tests.unit.diagnose.times import at

ALL_FEATURES = ("PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "IMPORT_NEW_USERS")
APP_ID = "0oaKanban0000000001"
OKTA_ID = "00uAda000000000001"
LOGIN = "ada.byron@acme.example"
LINK = "acc-ada-1"


class Story:
    """The evidence of one case: Ada, who is to have the app Kanban, and three others who have it."""

    def __init__(self, *, features: tuple[str, ...] | None = ALL_FEATURES, label: str = "Kanban", **app: Any) -> None:
        self.label = label
        self.app: dict[str, Any] = {
            "id": APP_ID,
            "name": "kanban",
            "label": label,
            "status": "ACTIVE",
            "created": at(-90_000),
            "lastUpdated": at(-60_000),
            "features": list(features) if features is not None else None,
            **app,
        }
        self.person: dict[str, Any] | None = None
        self.app_users: list[dict[str, Any]] = []
        self.app_groups: list[dict[str, Any]] = []
        self.user_groups: list[dict[str, Any]] = []
        self.mappings: list[dict[str, Any]] | None = None
        self.schema: dict[str, Any] | None = None
        self.events: list[dict[str, Any]] = []
        self.server: App | None = App()
        self.asked = LOGIN
        self._number = itertools.count(1)
        for name in ("grace.hopper", "alan.turing", "edsger.d"):
            self.peer(f"{name}@acme.example")
        self.noise(-3000, 0)

    def peer(self, user_name: str, *, created: float = -40_000, linked: bool = True, **profile: Any) -> None:
        """Another person with the app, and an account there."""
        number = next(self._number)
        given, _, family = user_name.partition("@")[0].partition(".")
        values = {
            "givenName": given,
            "familyName": family or "x",
            "displayName": given,
            "email": user_name,
            "title": "Engineer",
        }
        self.app_users.append(
            self._app_user(
                f"00uPeer{number}", user_name, f"acc-{number}" if linked else None, created, {**values, **profile}
            )
        )
        if linked and self.server is not None:
            self.server.accounts.append(account(user_name, f"acc-{number}", externalId=f"00uPeer{number}"))

    def user(self, status: str = "ACTIVE", *, source: tuple[str, str] = ("OKTA", "OKTA"), **profile: Any) -> "Story":
        """Ada in Okta."""
        values = {"login": LOGIN, "email": LOGIN, "firstName": "Ada", "lastName": "Byron", "displayName": "Ada Byron"}
        self.person = {
            "id": OKTA_ID,
            "status": status,
            "created": at(-80_000),
            "statusChanged": at(-80_000),
            "lastUpdated": at(-80_000),
            "profile": {**values, "title": "Analyst", **profile},
            "credentials": {"provider": {"type": source[0], "name": source[1]}},
        }
        return self

    def assigned(
        self,
        *,
        linked: str | None = None,
        created: float = 0,
        status: str | None = None,
        sync: str | None = None,
        scope: str = "USER",
        user_name: str = LOGIN,
        **profile: Any,
    ) -> "Story":
        """Ada's assignment; its state follows from the link."""
        values = {
            "givenName": "Ada",
            "familyName": "Byron",
            "displayName": "Ada Byron",
            "email": LOGIN,
            "title": "Analyst",
        }
        entry = self._app_user(OKTA_ID, user_name, linked, created, {**values, **profile})
        entry["scope"] = scope
        entry["status"] = status or ("PROVISIONED" if linked else "STAGED")
        entry["syncState"] = sync or ("SYNCHRONIZED" if linked else "ERROR")
        self.app_users.append(entry)
        return self

    def _app_user(
        self, identifier: str, user_name: str, linked: str | None, created: float, profile: dict[str, Any]
    ) -> dict[str, Any]:
        return {
            "id": identifier,
            "externalId": linked,
            "status": "PROVISIONED",
            "syncState": "SYNCHRONIZED",
            "scope": "USER",
            "created": at(created),
            "lastUpdated": at(created),
            "credentials": {"userName": user_name},
            "profile": profile,
        }

    def group(self, name: str, *, of_app: bool = False, of_user: bool = True) -> "Story":
        """A group, of the app, of the user, or of both."""
        entry = {"id": f"00g{name}", "profile": {"name": name}}
        if of_app:
            self.app_groups.append({"id": f"00g{name}", "_embedded": {"group": {"profile": {"name": name}}}})
        if of_user:
            self.user_groups.append(entry)
        return self

    def event(
        self,
        minutes: float,
        kind: str,
        *,
        result: str = "SUCCESS",
        reason: str | None = None,
        user: str | None = LOGIN,
        user_id: str = OKTA_ID,
        app: tuple[str, str] | None = None,
        group: str | None = None,
        job: str = "",
        legacy: str | None = None,
        message: str | None = None,
    ) -> "Story":
        """One event; the targets come in an order that changes from event to event."""
        number = next(self._number)
        targets: list[dict[str, Any]] = []
        if user is not None:
            targets += [{"type": "User", "id": user_id, "alternateId": user, "displayName": "X"}]
        if app is not None:
            targets += [{"type": "AppInstance", "id": app[0], "alternateId": app[1], "displayName": app[1]}]
            targets += [{"type": "AppUser", "id": "0ua1", "alternateId": user, "displayName": "X"}] if user else []
        if group is not None:
            targets += [{"type": "UserGroup", "id": f"00g{group}", "alternateId": "unknown", "displayName": group}]
        turn = number % max(len(targets), 1)
        self.events.append(
            {
                "published": at(minutes),
                "eventType": kind if legacy is None else "something.new",
                "legacyEventType": legacy,
                "outcome": {"result": result, "reason": reason},
                "transaction": {"type": "JOB", "id": job or f"job{number}"},
                "uuid": f"uuid-{number}",
                "debugContext": {"debugData": {"customMessage": message}},
                "target": targets[turn:] + targets[:turn],
            }
        )
        return self

    def app_event(self, minutes: float, kind: str, **more: Any) -> "Story":
        """An event of Kanban about Ada."""
        return self.event(minutes, f"application.{kind}", app=(APP_ID, self.label), **more)

    def of_app(self, minutes: float, kind: str, **more: Any) -> "Story":
        """An event of Kanban about nobody."""
        return self.event(minutes, kind, user=None, app=(APP_ID, self.label), **more)

    def other(self, minutes: float, kind: str, *, user: str = "grace.hopper@acme.example", **more: Any) -> "Story":
        """An event of Kanban about somebody else."""
        known = [one["id"] for one in self.app_users if one["credentials"]["userName"] == user]
        identifier = known[0] if known else f"00u-{user}"
        return self.event(
            minutes, f"application.{kind}", user=user, user_id=identifier, app=(APP_ID, self.label), **more
        )

    def assignment(self, minutes: float = 0) -> "Story":
        return self.app_event(minutes, "user_membership.add")

    def unassignment(self, minutes: float = 0) -> "Story":
        return self.app_event(minutes, "user_membership.remove")

    def failed(
        self, minutes: float, call: str, reason: str | None, sentence: str = "Error while creating user Ada"
    ) -> "Story":
        """A refused call and the job that fails by it, as Okta logs both."""
        job = f"puj{next(self._number)}"
        whole = f"Automatic provisioning of user Ada Byron to app {self.label} failed: {sentence}: {reason}"
        if call != "sync":
            self.app_event(minutes, f"provision.user.{call}", result="FAILURE", reason=reason, job=job)
        self.app_event(minutes + 0.01, "provision.user.sync", result="FAILURE", reason=reason and whole[:255], job=job)
        return self

    def noise(self, first: float, last: float) -> "Story":
        """What every log has: sign-ons, and failures of Ada in another app that is called alike."""
        step = max((last - first) / 4, 1)
        for number in range(5):
            self.event(first + number * step, "user.session.start")
        twin = ("0oaOther", f"{self.label} (Sandbox)")
        self.event(
            last - 1, "application.provision.user.push_profile", result="FAILURE", reason="Unauthorized", app=twin
        )
        self.event(last - 0.5, "application.provision.user.push", app=twin)
        return self

    def tick(self, minutes: float) -> "Story":
        """The log goes on until then."""
        return self.event(minutes, "user.session.end", user="grace.hopper@acme.example", user_id="00uPeer1")

    def with_account(self, **more: Any) -> "Story":
        """Ada's account at the app."""
        assert self.server is not None
        resource = account(more.pop("user_name", LOGIN), more.pop("identifier", LINK), **more)
        self.server.accounts.append({"externalId": OKTA_ID, **resource})
        return self

    def without_traces(self) -> "Story":
        """No event is about Ada."""
        self.events = [one for one in self.events if all(target["id"] != OKTA_ID for target in one["target"])]
        return self

    def titled(self, title: str | None) -> "Story":
        """Ada's title in Okta."""
        assert self.person is not None
        self.person["profile"]["title"] = title
        return self

    def without_accounts(self) -> "Story":
        """Ada's accounts are gone from the app."""
        assert self.server is not None
        self.server.accounts = [one for one in self.server.accounts if one.get("externalId") != OKTA_ID]
        return self

    def without_app_users(self) -> "Story":
        """Nobody saved the app's assignments."""
        self.app_users = None  # type: ignore[assignment]  # for the last step of a story alone
        return self

    def attributes(self, **external: str | None) -> "Story":
        """The app's profile schema: variable to external name; None for an attribute without a namespace."""
        properties = {
            name: {"title": name, "externalName": path or name, **({"externalNamespace": CORE} if path else {})}
            for name, path in external.items()
        }
        self.schema = {"definitions": {"custom": {"properties": properties}, "base": {"properties": {}}}}
        return self

    def evidence(self) -> Evidence:
        pieces: dict[Piece, Any] = {
            Piece.APP: self.app,
            Piece.APP_USERS: self.app_users,
            Piece.APP_GROUPS: self.app_groups,
            Piece.USER: self.person,
            Piece.USER_GROUPS: self.user_groups if self.person is not None else None,
            Piece.PUSH_MAPPINGS: self.mappings,
            Piece.APP_SCHEMA: self.schema,
        }
        there = {piece: document for piece, document in pieces.items() if document is not None}
        absent = {piece: f"{piece.file_name} is not there" for piece in pieces if piece not in there}
        return Evidence(origin="a story", logs=self.events, documents=there, absent=absent)

    def look(self, wish: Wish) -> Survey:
        server = self.server
        assert server is not None
        numbers = itertools.count(1)

        def send(probe: Probe) -> Exchange:
            base = probe.base_path if probe.base_path is not None else "/scim/v2"
            return Exchange(probe.request, server.answer(probe), f"https://kanban.example{base}", next(numbers))

        return Survey(wish=wish, seen=play(wish, send))

    def diagnosed(self, **question: Any) -> Diagnosis:
        """The diagnosis of Ada, or of what `question` asks."""
        asked = Question(**{"user": self.asked, **question})
        server = Server(look=self.look, base_path="/scim/v2") if self.server is not None else None
        return diagnose(read_case(self.evidence()), asked, server)
