"""Findings in words, the same in every format."""

from scimctl.finding import Finding, Outcome, Verdict


def is_run_wide(finding: Finding) -> bool:
    """Whether a finding belongs to no scenario: of a passive check, or of a deviation that is listed for all."""
    return finding.scenario in ("passive", "*")


def expected_and_actual(finding: Finding) -> str:
    """`expected 201, got 409 Conflict at /status`; for what held, nothing, or why it is STALE all the same."""
    problem = finding.problem
    if problem is None:
        return "it holds, and is still on the list of deviations" if finding.verdict is Verdict.STALE else ""
    place = f" at {problem.at}" if problem.at else ""
    return f"expected {problem.expected}, got {problem.actual}{place}"


def ground(finding: Finding) -> str:
    """The requirement behind a finding: `okta-08, MUST by Okta: <the rule>`."""
    requirement = finding.requirement
    relation = "" if requirement.source.startswith("follows") else "by "
    quote = f' ("{requirement.quote}")' if requirement.quote else ""
    return f"{requirement.id}, {requirement.level.value} {relation}{requirement.source}: {requirement.rule}{quote}"


def witness_line(finding: Finding) -> str:
    """`exchange 4: PATCH /Users/… → 200`; empty without an exchange."""
    witness = finding.witness
    if witness is None:
        return ""
    status = witness.status if witness.status is not None else "no answer"
    more = f" ({finding.times} times in all)" if finding.times > 1 and finding.outcome is not Outcome.HELD else ""
    return f"exchange {witness.number}: {witness.method} {witness.path} → {status}{more}"
