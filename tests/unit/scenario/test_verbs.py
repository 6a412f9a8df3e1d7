"""The table of verbs: the JSON Schema is made from it, its examples are valid, and the mock knows every one."""

import json
from pathlib import Path

import pytest

from scimctl import bundle
from scimctl.engine.verbs import _FLOWS
from scimctl.jsonvalue import Json
from scimctl.scenario.parser import File, read_files
from scimctl.scenario.verbs import VERBS, action_schema
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue

SCHEMA = "scimctl/scenario.schema.json"


def test_the_schema_is_made_from_the_table(pytestconfig: pytest.Config) -> None:
    schema = bundle.read_schema(SCHEMA)
    parts = schema["$defs"]
    assert isinstance(parts, dict)
    if pytestconfig.getoption("--update-golden"):
        parts["action"] = action_schema()
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        Path(bundle.schemas_folder() / SCHEMA).write_text(text, encoding="utf-8")
    assert parts["action"] == action_schema()


@pytest.mark.parametrize("name", ["scenario", "requirement", "deviations"])
def test_our_schemas_are_schemas(name: str) -> None:
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(bundle.read_schema(f"scimctl/{name}.schema.json"))


def test_the_mock_plays_every_verb() -> None:
    assert set(_FLOWS) == set(VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_the_example_of_a_verb_is_right(name: str) -> None:
    profile = "{profile: {login: $(unique.email), firstName: A, lastName: B}}"
    text = (
        f"- id: a.b\n  title: T\n  given:\n    users: {{user: {profile}, ada: {profile}}}\n"
        f"    groups: {{sales: {{name: S}}}}\n  steps:\n    - okta:\n        {VERBS[name].example}\n"
    )
    (scenario,) = read_files([File(SourceText("x.yaml", text), "")], Catalogue.load())
    assert scenario.steps[0].text.startswith(f"okta {name}")


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_refuses_another_shape(name: str) -> None:
    from scimctl.validation import Validator

    wrong: Json = [1]
    assert not Validator(VERBS[name].schema).is_valid(wrong)
