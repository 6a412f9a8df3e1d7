"""Whatever stands in a file, the parser gives scenarios or tells faults with places; it never breaks."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from scimctl.diagnostic import Diagnostic, InputError
from scimctl.document import load
from scimctl.jsonvalue import Json, compact
from scimctl.report.carets import render
from scimctl.scenario.parser import File, read_files
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue

WHOLE = """\
- id: my.users.one
  title: One
  tags: [a]
  requires: okta-08
  needs: [patch]
  matrix: {app.kind: [oin, aiw], case: [{name: a, value: 1}]}
  given:
    app: {features: {create: true}, attributes: [{name: level}], parameters: {empty_as: omit}}
    user: {profile: {login: $(unique.email), firstName: Ada, lastName: $(case.value)}, status: ACTIVE}
    groups: {sales: {name: Sales, members: [user]}}
    resource: {type: User, body: {userName: $(user.login)}}
  steps:
    - okta: {assign: user}
      expect:
        outcome: SUCCESS
        reason: {$regex: a}
        requests: [{send: GET /Users?*, request: {body: {a: 1}}, status: 200}]
    - okta: {update: {user: user, set: {title: X}}}
    - send: {request: POST /Users, headers: {Accept: null}, body: {a: $(user.title)}, auth: none}
      expect: {status: [2xx, 404], headers: {A: b}, body: {a: {$type: string}, b: {$count: {$at_least: 1}}}, time: 5}
      capture: {id: /id, at: {header: Location, regex: a}}
    - send: GET /Users/$(id)
"""
TREE = load(SourceText("whole.yaml", WHOLE)).tree

ODD = (
    st.none()
    | st.booleans()
    | st.integers(-1, 700)
    | st.text(max_size=6)
    | st.sampled_from(
        ["user", "everyone", "$(", "$(x)", "$(user.login|no)", "GET", "GET /", "oin", "$type", "a.b", "2xx"]
    )
    | st.sampled_from(
        [[], {}, [None], [[]], [{}], {"": 1}, {"$type": {}}, {"$regex": "("}, {"$any_of": 1}, {"name": 1}]
    )
)


def places(tree: Json) -> list[tuple[str | int, ...]]:
    found: list[tuple[str | int, ...]] = [()]
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else []
    for key, value in inner:
        found += [(key, *rest) for rest in places(value)]
    return found


PLACES = places(TREE)[1:]


def changed(tree: Json, path: tuple[str | int, ...], value: Json, how: str) -> None:
    """Replaces, removes or renames what stands at `path`; a path that an earlier change took away is passed over."""
    for part in path[:-1]:
        if isinstance(tree, dict) and part in tree:
            tree = tree[str(part)]
        elif isinstance(tree, list) and isinstance(part, int) and part < len(tree):
            tree = tree[part]
        else:
            return
    last = path[-1]
    if isinstance(tree, dict) and last in tree:
        old = tree.pop(str(last))
        if how != "remove":
            tree[str(last) if how == "replace" else str(value)] = value if how == "replace" else old
    elif isinstance(tree, list) and isinstance(last, int) and last < len(tree):
        tree[last] = value


def faults_of(file: File) -> tuple[Diagnostic, ...]:
    """The faults of a file; one without any has scenarios."""
    try:
        scenarios = read_files([file], Catalogue.load())
    except InputError as error:
        return error.diagnostics
    assert scenarios
    return ()


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(PLACES), ODD, st.sampled_from(["replace", "remove", "rename"])), max_size=3))
def test_a_changed_file_is_read_or_its_faults_are_told(
    changes: list[tuple[tuple[str | int, ...], Json, str]],
) -> None:
    tree = copy.deepcopy(TREE)
    assert isinstance(tree, list)
    # A second scenario on the same line: faults of one must not be taken for the other's.
    tree.append({"id": "my.users.two", "title": "Two", "steps": [{"send": "GET /Users"}]})
    for path, value, how in changes:
        changed(tree, path, value, how)
    file = File(SourceText("x.yaml", compact(tree).decode("utf-8", "replace")), "")
    faults = faults_of(file)
    assert all(fault.span is not None and render(fault) for fault in faults)


@given(st.text(st.characters(blacklist_categories=["Cs"]), max_size=60))
def test_any_text_is_read_or_its_faults_are_told(text: str) -> None:
    assert all(render(fault) for fault in faults_of(File(SourceText("x.yaml", text), "")))
