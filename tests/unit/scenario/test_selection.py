"""Selectors: suites, ids, prefixes, tags, rows, paths; leaving out; the plan that comes of them."""

from pathlib import Path

import pytest

from scimctl.diagnostic import InputError
from scimctl.okta.app import AppKind
from scimctl.scenario.plan import HEAVY_REASON, NotRun, make_plan
from scimctl.scenario.selection import SUITES, is_path, load_bundled, load_paths, rfc_selected, select
from scimctl.spec.catalogue import OWN

TEXT = """\
- id: my.users.alone
  title: Looks at everything
  alone: true
  tags: [mine]
  steps: [{send: GET /Users}]
- id: my.users.rows
  title: Rows
  tags: [mine, rows]
  matrix: {app.kind: [oin, aiw], case: [a, b]}
  steps: [{send: GET /Users/$(case)}]
- id: my.users.heavy
  title: Many
  heavy: true
  steps: [{send: GET /Users}]
- id: my.usersother
  title: Other
  steps: [{send: GET /Users}]
"""


@pytest.fixture
def mine(tmp_path: Path) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(TEXT)
    return str(path)


def ids(*selectors: str, skip: tuple[str, ...] = (), kind: AppKind | None = None) -> list[str]:
    return [scenario.id for scenario in select(selectors, skip=skip, app_kind=kind)]


def test_without_a_selector_the_okta_suite_is_meant() -> None:
    assert {scenario.suite for scenario in select(())} == {"okta"}
    assert ids() == ids("okta")
    assert ids("all") == [*ids("okta"), *ids("rfc")]


def test_suites_come_in_their_order() -> None:
    suites = list(dict.fromkeys(scenario.suite for scenario in load_bundled()))
    assert suites == ["okta", "rfc7643", "rfc7644", "rfc9865", "wrike"]
    assert "wrike" not in {scenario.suite for scenario in select(("all",))}


def test_an_id_means_itself_and_its_rows() -> None:
    rows = ids("okta.users.reactivate")
    assert rows == ["okta.users.reactivate[oin]", "okta.users.reactivate[aiw]", "okta.users.reactivate[oin_no_patch]"]
    assert ids("okta.users.reactivate[aiw]") == ["okta.users.reactivate[aiw]"]


def test_a_prefix_ends_at_a_dot() -> None:
    assert all(one.startswith("okta.users.") for one in ids("okta.users"))
    assert ids("okta.users") == ids("okta.users.")
    with pytest.raises(InputError) as caught:
        select(("okta.user",))
    fault = caught.value.diagnostics[0]
    assert (fault.title, fault.help) == ("`okta.user` selects no scenario", "did you mean `okta.users`?")


def test_a_suite_without_scenarios_is_not_suggested() -> None:
    for name in [name for name, test in SUITES.items() if not any(map(test, load_bundled()))]:
        with pytest.raises(InputError) as caught:
            select((name,))
        assert name not in caught.value.diagnostics[0].help


def test_a_tag_means_all_that_have_it() -> None:
    assert all("lifecycle" in scenario.tags for scenario in select(("tag:lifecycle",)))
    with pytest.raises(InputError) as caught:
        select(("tag:lifecycl",))
    assert caught.value.diagnostics[0].help == "did you mean `tag:lifecycle`?"


def test_selections_are_joined_and_come_once() -> None:
    assert ids("okta.users.reactivate[aiw]", "okta.credentials", "okta.users.reactivate") == ids(
        "okta.credentials", "okta.users.reactivate"
    )


def test_what_is_skipped_is_left_out() -> None:
    left = ids("okta.users.reactivate", skip=("okta.users.reactivate[aiw]",))
    assert left == ["okta.users.reactivate[oin]", "okta.users.reactivate[oin_no_patch]"]
    with pytest.raises(InputError, match="selects no scenario"):
        select(("okta",), skip=("nonsense",))
    with pytest.raises(InputError, match="no scenario is left"):
        select(("okta.credentials",), skip=("okta",))


def test_the_kind_of_app_drops_rows_of_other_kinds() -> None:
    assert ids("okta.users.reactivate", kind=AppKind.AIW) == ["okta.users.reactivate[aiw]"]
    assert ids("okta.credentials", kind=AppKind.AIW) == ids("okta.credentials")


def test_a_path_adds_the_users_own(mine: str) -> None:
    wanted = ["my.users.alone", *(f"my.users.rows[{kind},{case}]" for kind in ("oin", "aiw") for case in "ab")]
    assert ids(mine) == [*wanted, "my.users.heavy", "my.usersother"]
    assert ids("okta.credentials.test", mine)[0] == "okta.credentials.test"
    assert ids(mine, skip=("my.users",)) == ["my.usersother"]
    assert ids(mine, kind=AppKind.AIW)[1:3] == ["my.users.rows[aiw,a]", "my.users.rows[aiw,b]"]


def test_a_folder_stands_for_its_files(mine: str) -> None:
    folder = Path(mine).parent
    (folder / "below").mkdir()
    (folder / "below" / "a.yml").write_text("- {id: a.b, title: A, steps: [{send: GET /Users}]}\n")
    (folder / "notes.txt").write_text("no scenario")
    assert {scenario.base_id for scenario in load_paths([folder])} >= {"a.b", "my.usersother"}


def test_a_path_to_a_bundled_file_means_its_scenarios() -> None:
    bundled = load_bundled()[0]
    folder = Path(__file__).parents[3]
    path = folder / bundled.path
    assert [scenario.id for scenario in select((str(path),))] == [
        scenario.id for scenario in load_bundled() if scenario.path == bundled.path
    ]


@pytest.mark.parametrize("selector", ["nowhere/at/all", "missing.yaml"])
def test_a_path_that_is_not_there_is_told(selector: str) -> None:
    with pytest.raises(InputError, match="there is no file"):
        select((selector,))


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "binary.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="is not UTF-8 at byte 0"):
        load_paths([path])


@pytest.mark.parametrize(
    ("selector", "wanted"),
    [("okta", False), ("okta.users.create", False), ("./x", True), ("a.yaml", True), ("tag:a", False)],
)
def test_what_looks_like_a_path(selector: str, wanted: bool) -> None:
    assert is_path(selector) is wanted


def test_rfc_findings_count_when_the_rfcs_are_selected() -> None:
    assert [rfc_selected(selectors) for selectors in ([], ["okta"], ["rfc"], ["wrike", "all"])] == [
        False,
        False,
        True,
        True,
    ]


def test_a_plan_keeps_the_order_and_puts_those_that_run_alone_last(mine: str) -> None:
    plan = make_plan(select((mine,)), allow_heavy=False)
    assert [scenario.base_id for scenario in plan.run] == ["my.users.rows"] * 4 + ["my.usersother", "my.users.alone"]
    assert plan.not_run == (NotRun("my.users.heavy", "Many", HEAVY_REASON),)


def test_a_plan_accounts_for_every_scenario(mine: str) -> None:
    selected = select((mine, "okta"))
    for heavy in (False, True):
        plan = make_plan(selected, allow_heavy=heavy)
        planned = [scenario.id for scenario in plan.run] + [one.id for one in plan.not_run]
        assert sorted(planned) == sorted(scenario.id for scenario in selected)
    assert make_plan(selected, allow_heavy=True).not_run == ()


def test_every_bundled_step_rests_on_a_rule_of_the_catalogue() -> None:
    own = {scenario.id for scenario in load_bundled() if OWN in scenario.requires}
    resting = {
        scenario.id
        for scenario in load_bundled()
        if scenario.id in own and all(step.requires for step in scenario.steps)
    }
    assert own == resting
