"""A diagnosis as JSON, by the contract of docs/diagnose.md."""

from scimctl.diagnose.cause import Cause
from scimctl.diagnose.diagnosis import Diagnosis
from scimctl.jsonvalue import Json


def document_of(diagnosis: Diagnosis) -> dict[str, Json]:
    """The document of one diagnosis, best cause first."""
    return {"format": 1, **_members(diagnosis)}


def documents_of(diagnoses: list[Diagnosis]) -> dict[str, Json]:
    """The document of several diagnoses."""
    return {"format": 1, "diagnoses": [_members(diagnosis) for diagnosis in diagnoses]}


def _members(diagnosis: Diagnosis) -> dict[str, Json]:
    return {
        "user": diagnosis.subject,
        "symptom": diagnosis.symptom.value,
        "summary": diagnosis.summary,
        "causes": [_cause(cause) for cause in diagnosis.causes],
        "ruled_out": [{"code": one.code.word, "why": one.why} for one in diagnosis.ruled_out],
        "not_looked_at": [{"what": one.what, "how": one.how} for one in diagnosis.not_looked_at],
        "looked_at": list(diagnosis.looked_at),
        "chain": [{"link": one.link.value, "state": one.state.value, "seen": one.text} for one in diagnosis.chain],
    }


def _cause(cause: Cause) -> Json:
    return {
        "code": cause.code.word,
        "certainty": cause.certainty.value,
        "title": cause.title,
        "because": [proof.text for proof in cause.because],
        "remedy": cause.remedy,
        "requirement": cause.code.requirement,
    }
