"""A scenario as a value. Everything a person wrote keeps its span; templates are not rendered yet."""

from dataclasses import dataclass, field
from typing import TypeAlias

from scimctl.document import Document, Path
from scimctl.exchange import Auth
from scimctl.jsonvalue import Json
from scimctl.okta.app import AppKind, Features
from scimctl.okta.directory import UserStatus
from scimctl.okta.outcome import ActionOutcome
from scimctl.scenario.exported.model import Assertion, Script, Variable
from scimctl.source import Span


@dataclass(frozen=True, slots=True)
class Node:
    """A value of a file: what it is, and where each part of it stands."""

    document: Document = field(repr=False, compare=False)
    path: Path
    tree: Json

    @property
    def span(self) -> Span:
        """The span of the whole value."""
        return self.document.value_span(self.path)

    def span_of(self, inner: Path) -> Span:
        """The span of the part at `inner`, or of the nearest part around it that is there."""
        return self.document.value_span(self.path + inner)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppAttribute:
    """One attribute of the app's profile: its name, where it lands in SCIM, the Okta attribute it comes from.

    Without a namespace (empty) it is never sent.
    """

    name: str
    external_name: str
    external_namespace: str
    source: str
    type: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSpec:
    """The app of a scenario.

    `stated` tells whether the file names the kind; `parameters` override those of the mock, by name, and may hold
    templates.
    """

    kind: AppKind = AppKind.OIN
    stated: bool = False
    features: Features = field(default_factory=Features)
    attributes: tuple[AppAttribute, ...] = ()
    parameters: dict[str, Json] = field(default_factory=dict)
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSpec:
    """An Okta user of a scenario; `profile` has at least login, email, firstName, lastName, and may hold templates."""

    name: str
    profile: dict[str, Json]
    status: UserStatus
    password: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSpec:
    """An Okta group of a scenario: its name in Okta (a template), and the names of its members in `given`.

    `crowd` is the number of further members, users without names of their own.
    """

    name: str
    display_name: str
    members: tuple[str, ...]
    crowd: int
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceSpec:
    """A SCIM resource that is POSTed before the first step; `type` is a resource type's name, such as User."""

    name: str
    type: str
    body: Node
    span: Span


@dataclass(frozen=True, slots=True)
class StatusExpect:
    """The HTTP statuses that are right: numbers such as `201`, or classes such as `2xx`."""

    patterns: tuple[str, ...]
    span: Span

    def accepts(self, status: int | None) -> bool:
        """Whether `status` is one of them; None (no answer) never is."""
        text = str(status)
        return any(text == pattern or (pattern[1:] == "xx" and text[:1] == pattern[0]) for pattern in self.patterns)

    @property
    def text(self) -> str:
        """For people: `200 or 204`."""
        return " or ".join(self.patterns)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseExpect:
    """What the answer of a `send` step must be; `time` is the longest wait in milliseconds."""

    status: StatusExpect
    headers: Node | None
    body: Node | None
    time: int | None
    time_span: Span | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExpect:
    """One exchange that an action must make: method, target pattern, what was sent, what came back."""

    method: str
    target: str
    text: str
    request_headers: Node | None
    request_body: Node | None
    status: StatusExpect | None
    headers: Node | None
    body: Node | None
    span: Span
    send_span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionExpect:
    """What an action must come to; `requests` is None when any will do, and empty when none may be sent.

    `log` is a list: the System Log events that the action writes, in order.

    `stated` tells whether the file says anything: an action without `expect` only sets the scene.
    """

    stated: bool
    outcome: tuple[ActionOutcome, ...]
    outcome_span: Span
    reason: Node | None
    log: Node | None
    requests: tuple[RequestExpect, ...] | None
    requests_span: Span | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureSpec:
    """A value of the step's last answer that later steps use: from the body at a JSON pointer, or from a header.

    A `regex` narrows the text found to its first group, or to the whole match when it has none.
    """

    name: str
    pointer: str | None
    header: str | None
    regex: str | None
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSpec:
    """A raw request: `path` is a template; a `str` body is sent as it stands, a Node as JSON.

    A header whose value is None is left out although it is usual.
    """

    method: str
    path: str
    headers: tuple[tuple[str, str | None], ...]
    body: Node | str | None
    auth: Auth
    span: Span


def _words(tree: Json) -> str:
    """The names in an argument: a text, the texts of a list, or those of a mapping's members."""
    parts = tree.values() if isinstance(tree, dict) else [tree]
    texts = [item for part in parts for item in (part if isinstance(part, list) else [part]) if isinstance(item, str)]
    return " ".join(texts)


@dataclass(frozen=True, slots=True, kw_only=True)
class OktaStep:
    """An admin's action."""

    number: int
    verb: str
    argument: Node
    expect: ActionExpect
    requires: tuple[str, ...]
    capture: dict[str, CaptureSpec]
    span: Span

    @property
    def text(self) -> str:
        """The step in short, such as `okta assign: user`."""
        argument = _words(self.argument.tree)
        return f"okta {self.verb}: {argument}" if argument else f"okta {self.verb}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendStep:
    """A raw exchange."""

    number: int
    send: SendSpec
    expect: ResponseExpect
    requires: tuple[str, ...]
    capture: dict[str, CaptureSpec]
    span: Span

    @property
    def text(self) -> str:
        """The step in short, such as `GET /Users/$(user.scim_id)`."""
        return f"{self.send.method} {self.send.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherStep:
    """Raw requests that go out at the same moment.

    `expect` has one entry for each answer, in no order. A request that is answered with one of `again` is sent once
    more by itself, after the others, and that answer is the one that counts.
    """

    number: int
    sends: tuple[SendSpec, ...]
    again: StatusExpect | None
    expect: tuple[StatusExpect, ...]
    requires: tuple[str, ...]
    span: Span
    expect_span: Span

    @property
    def text(self) -> str:
        """The step in short, such as `POST /Users, POST /Users at once`."""
        return ", ".join(f"{send.method} {send.path}" for send in self.sends) + " at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuiteStep:
    """A request of an exported suite, with what it asserts of the answer and takes from it.

    `origin` is the address of another server than the target, or empty. `needs_user` tells that it looks at the first
    user of a list, so that there has to be one.
    """

    number: int
    note: str
    send: SendSpec
    origin: str
    assertions: tuple[Assertion, ...]
    scripts: tuple[Script, ...]
    variables: tuple[Variable, ...]
    requires: tuple[str, ...]
    needs_user: bool
    span: Span

    @property
    def text(self) -> str:
        """The step in short: the note of its author."""
        return self.note


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseStep:
    """A pause of an exported suite."""

    number: int
    seconds: float
    requires: tuple[str, ...]
    span: Span

    @property
    def text(self) -> str:
        """The step in short, such as `pause 5 s`."""
        return f"pause {self.seconds:g} s"


Step: TypeAlias = OktaStep | SendStep | TogetherStep | SuiteStep | PauseStep


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One test: a scenario of a file, or one row of its matrix.

    `base_id` is the id without the row; `row` holds the row's value of each matrix key, `row_label` what stands between
    the brackets. `suite` is the folder's name, or empty for a file of the user's. `each_type` tells that the steps are
    played once for every resource type that the server announces.
    """

    id: str
    base_id: str
    title: str
    tags: tuple[str, ...]
    requires: tuple[str, ...]
    needs: tuple[str, ...]
    alone: bool
    heavy: bool
    each_type: bool = False
    row: dict[str, Json]
    row_label: str
    app: AppSpec
    users: dict[str, UserSpec]
    groups: dict[str, GroupSpec]
    resources: dict[str, ResourceSpec]
    steps: tuple[Step, ...]
    suite: str
    span: Span

    @property
    def auths(self) -> frozenset[Auth]:
        """Whose credentials its raw requests carry."""
        return frozenset(send.auth for step in self.steps for send in _sends(step))

    @property
    def path(self) -> str:
        """The file that the scenario stands in."""
        return self.span.source.name


def _sends(step: Step) -> tuple[SendSpec, ...]:
    match step:
        case SendStep():
            return (step.send,)
        case SuiteStep():
            return (step.send,) if not step.origin else ()
        case TogetherStep():
            return step.sends
        case OktaStep() | PauseStep():
            return ()
