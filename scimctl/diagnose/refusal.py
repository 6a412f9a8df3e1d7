"""What the text of a failure means: the answer or the fault behind it, and what the app complains of.

Okta's sentence comes first, then the reason phrase of the status, then the app's own words after
`Errors reported by remote server:`. The status tells most; the app's words are only searched for their subject, in
several languages, because every vendor writes them in its own way.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from http import HTTPStatus

from scimctl.diagnose.log import Kind


class Sort(Enum):
    """What lies behind a failure."""

    STATUS = "an error answer"
    TLS = "no trusted TLS connection"
    CONNECT = "no connection"
    TIMEOUT = "no answer in time"
    PARSER = "an answer that is not JSON"
    EMPTY_CREATE = "a create answered without the user"
    NO_MATCH = "no account to match"
    INACTIVE = "an inactive account"
    GONE = "an account that is gone"
    GROUP_GONE = "a group that is gone"
    BEFORE = "an assignment from before provisioning"
    SILENT = "no reason"
    OTHER = "another reason"


class Topic(Enum):
    """What an app's words are about."""

    PASSWORD = "password"
    DOMAIN = "domain"
    SEATS = "seats"
    USER_TYPE = "user type"
    REQUIRED = "required"
    VALUE = "value"
    EXISTS = "exists"
    CREDENTIALS = "credentials"
    PERMISSION = "permission"
    RATE = "rate"
    MEDIA_TYPE = "media type"
    UNKNOWN_MEMBER = "unknown member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The meaning of one failure's text; `words` are the app's own, as far as they are there."""

    text: str
    sort: Sort
    status: int | None
    words: str
    topics: frozenset[Topic]
    call: Kind | None

    @property
    def status_line(self) -> str:
        """The status with its phrase, such as `403 Forbidden`; empty without a status."""
        if self.status is None:
            return ""
        known = next((one.phrase for one in HTTPStatus if one.value == self.status), "")
        return f"{self.status} {known}".strip()


_REMOTE = re.compile(r"errors? (?:reported|returned) by (?:the )?remote (?:server|app\w*)\s*:?", re.IGNORECASE)
_PHRASES = {
    **{one.phrase.lower(): one.value for one in HTTPStatus if one.value >= 400},
    "unprocessable content": 422,
    "gateway time-out": 504,
    "server error": 500,
    "method not supported": 405,
}
_ANY_PHRASE = re.compile(
    rf"\b(?:{'|'.join(re.escape(phrase) for phrase in sorted(_PHRASES, key=len, reverse=True))})\b", re.IGNORECASE
)
_KNOWN = frozenset(one.value for one in HTTPStatus) | frozenset(range(520, 531))
_CODE = re.compile(
    r"(?:\b(?:http(?:/[\d.]+)?|status(?: code)?|response code|error code|code)\W{0,3}|^\s*|:\s+)"
    r"([45]\d\d)(?=\b(?!\.\d))",
    re.IGNORECASE,
)
_CODE_JOINTS = re.compile(r"(?<=[A-Za-z])[_.-](?=[A-Za-z])|(?<=[a-z])(?=[A-Z])")
"""Where the words of an error code meet, as in `user_limit_reached` and `UserLimitReached`."""
_SORTS: tuple[tuple[Sort, str], ...] = (
    (Sort.EMPTY_CREATE, r"returned (?:an )?empty user|create\w* .{0,40}(?:empty|no) (?:user|response|body)"),
    (Sort.NO_MATCH, r"matching user (?:was )?not found|no matching user"),
    (Sort.INACTIVE, r"user account is (?:inactive|deactivated|disabled|suspended)"),
    (Sort.GONE, r"no user (?:was )?returned for user"),
    (Sort.GROUP_GONE, r"linked group is missing"),
    (Sort.BEFORE, r"assigned .{0,40}before provisioning"),
    (
        Sort.TLS,
        r"pkix|sslhandshake|received fatal alert|ssl ?exception|handshake[_ ](?:failure|failed|error)|certificat|"
        r"certpath|trust anchor|"
        r"(?:terminat|clos|abort|interrupt)\w* .{0,30}handshake|"
        r"\b(?:ssl|tls)\b.{0,60}(?:error|fail|alert|refus|version|untrusted)|peer not authenticated|self.signed",
    ),
    (
        Sort.CONNECT,
        r"\bconnect to \S+.{0,120}failed|connect(?:ion)? (?:timed out|timeout|refused|reset|closed)|"
        r"connect\w* (?:failed|exception)|unable to connect|could not connect|failed to connect|no route to host|"
        r"network is unreachable|host is unreachable|unknown ?host|name or service not known|"
        r"(?:cannot|could not|failed to) (?:be )?resolve|nodename nor servname|"
        r"temporary failure in name resolution",
    ),
    (
        Sort.TIMEOUT,
        r"read timed out|sockettimeout|timed out|time-?out|no response (?:was )?(?:received )?within|"
        r"did not (?:answer|respond)",
    ),
    (
        Sort.PARSER,
        r"unrecognized token|unexpected character|unexpected end.of.(?:input|json|file|data)|"
        r"was expecting .{0,60}json|"
        r"json ?(?:parse|mapping|processing|syntax)\w*|no content to map|cannot deserialize|malformed ?json|"
        r"unexpected token|invalid json|not (?:a )?valid json|expecting value|line:? \d+, column:? \d+",
    ),
)
_HEADS = r"(?:users?|members?|accounts?|people|collaborators?|editors?|principals?)(?![ _-]?names?\b)"
_TOPICS: tuple[tuple[Topic, str], ...] = (
    (Topic.PASSWORD, r"pass ?word|pass ?phrase|kennwort|passwort|mot de passe|contrase|senha|wachtwoord|lösenord"),
    (
        Topic.DOMAIN,
        r"\bdomains?\b|\bdomän\w*|\bdomäne\w*|\bdomaines?\b|\bdomini(?:os?|i)?\b|"
        r"\bdomein\w*|\bdomen\w*|ドメイン|e-?mail (?:host|suffix)",
    ),
    (
        Topic.SEATS,
        rf"\bseats?\b|licen[cs]e|licen[cs]ia|licença|licencj|lizenz|\blicentie|\bslots?\b|ライセンス|\bsi[eè]ges?\b|\basientos?\b|"
        rf"nutzer(?:limit|zahl)|plätze|\bquota\b|too many {_HEADS}|\bpaid {_HEADS}|upgrade (?:your|the|to|requir|need)|"
        rf"(?:user|member|account|subscription|plan|tier|team) ?(?:limit|quota|cap)\b|"
        rf"max(?:imum|imal)? (?:number|amount|count)? ?(?:of )?(?:\w+ ){{0,2}}{_HEADS}|"
        rf"\b{_HEADS} (?:\w+ ){{0,3}}(?:exceeded|reached|exhausted|used up)|"
        rf"(?:no(?: more)?|not enough|insufficient|without|all) (?:more |further |additional |free |available |"
        rf"purchased |bought |paid ){{1,2}}(?:{_HEADS}|subscriptions?)|no more (?:{_HEADS}|subscriptions?)|"
        rf"(?:add|invite|create) (?:more|another|further|any more) {_HEADS}|"
        rf"\b(?:plan|contract|edition|trial|subscription|package)\b.{{0,60}}\b{_HEADS}\b|"
        rf"\bsubscription\b.{{0,60}}(?:limit|full|allow|exceed)|(?:limit|quota|capacity) .{{0,40}}{_HEADS}\b|"
        r"\b(?:workspace|team|account|organi[sz]ation|tenant|plan|site|company) (?:is|are) (?:now |already )?full\b|"
        r"(?:limit|l[ií]mite|nombre max|número máximo|máximo|maximale?\b|höchst|massim|maxim\w*|liczba).{0,40}"
        r"(?:utili[sz]ateur|usu[aá]rio|benutzer|nutzer|mitglied|gebruiker|membre|miembro|membro|utent|użytkownik)|"
        r"(?:utilisateur|usu[aá]rio|benutzer|nutzer|mitglied|gebruiker|utent|użytkownik)\w* .{0,40}"
        r"(?:limit\b|l[ií]mite\b|erreicht|atteint|alcanz|atingid|überschritten|bereikt|raggiunt)|"
        rf"exceed\w* .{{0,40}}\b{_HEADS}\b|\b(?:no|0|zero|out of) (?:\w+ ){{0,2}}invit(?:e|ation)s",
    ),
    (
        Topic.USER_TYPE,
        r"user[ _-]?type|(?:account|seat|member|licen[cs]e|employee)[ _-]?type|\buserType\b|benutzertyp|"
        r"type (?:of )?(?:user|utilisateur)|tipo de usuario|"
        r"\b(?:role|type|tier|persona)s?\b.{0,60}\b(?:unknown|invalid|unsupported|"
        r"not (?:allowed|known|valid|supported|recogni[sz]ed)|must be one of|expected)|"
        r"(?:unknown|invalid|unsupported|unrecogni[sz]ed|no such) (?:\w+ )?"
        r"(?:role|type|tier|persona)\b",
    ),
    (
        Topic.REQUIRED,
        r"required|mandatory|missing|must (?:not )?be (?:provided|present|set|specified|given|blank|empty|null)|"
        r"must have (?:a |an )|(?:can ?not|can't|may not|must not|should not|shouldn't) be "
        r"(?:blank|empty|null|omitted|missing)|is (?:blank|empty|null)|not (?:provided|specified|supplied|given)|"
        r"erforderlich|pflichtfeld|obligatoi?r|requis|requerid|verplicht",
    ),
    (
        Topic.VALUE,
        r"invalid|illegal|not (?:a )?valid|malformed|forbidden characters?|characters?|too long|too short|format|"
        r"pattern|regex|does not match|violat|unparsable|unparseable|unprocessable|validation|ungültig|invalide|"
        r"inválid|not allowed|only (?:letters|digits|alphanumeric)|must (?:only )?contain|exceeds",
    ),
    (
        Topic.EXISTS,
        r"already (?:been )?(?:exists?|taken|in use|used|registered|assigned|present|a member|belongs)|duplicate|"
        r"not unique|must be unique|\buniqueness\b|unique (?:constraint|index|key)|existiert bereits|"
        r"bereits vergeben|existe déjà|déjà utilisé|ya existe|já existe|\bis taken\b",
    ),
    (
        Topic.CREDENTIALS,
        r"unauthenticated|not authenticated|authenticat\w+ (?:failed|failure|required|error|credential)|"
        r"(?:invalid|expired|revoked|unknown|bad|wrong|missing|inactive|rotated|disabled) (?:\w+[ -]){0,3}"
        r"(?:token|api[ -]?key|key|credentials?|secret|bearer|signature|jwt)\b|"
        r"(?:token|api[ -]?key|credentials?|secret|jwt)\b (?:\w+ ){0,8}(?:invalid|expired|revoked|unknown|"
        r"not (?:valid|recogni[sz]ed|found|accepted|known)|wrong|incorrect|rejected|disabled|deactivated|"
        r"deleted|inactive|blocked|no longer)",
    ),
    (
        Topic.PERMISSION,
        r"permission|privilege|not (?:authori[sz]ed|permitted|entitled)|insufficient|scope|\brights?\b|"
        r"access (?:is )?denied|(?:only|requires?) (?:\w+ ){0,3}(?:admin|owner)|"
        r"may not (?:edit|create|change|modify|update|delete|deactivate|manage)|read[- ]only|"
        r"cannot (?:be )?(?:edit|modif|manag)|berechtigung|not allowed to",
    ),
    (Topic.RATE, r"rate[ -]?limit|too many requests|throttl|requests? per (?:second|minute|hour|day|\d)|slow down"),
    (
        Topic.MEDIA_TYPE,
        r"media[ -]?type|content[ -]?type|mime[ -]?type|application/(?:scim\+)?json|not acceptable",
    ),
    (
        Topic.UNKNOWN_MEMBER,
        r"(?:user|member|resource|account|principal)\w* .{0,80}(?:not (?:be )?(?:found|known|exist)|does not exist|"
        r"doesn't exist|unknown|missing|invalid|unresolv)|"
        r"(?:unknown|invalid|no such|nonexistent|missing|unresolved|there is no|found no|find no) (?:\w+ )?"
        r"(?:user|member|account|resource|principal)|"
        r"(?:utilisateur|benutzer|nutzer|mitglied|usu[aá]rio|membre|miembro|gebruiker)\w* .{0,60}(?:inconnu|"
        r"introuvable|unbekannt|nicht gefunden|no encontrado|desconocid|não encontrado|niet gevonden|onbekend)|"
        r"(?:unbekannte\w*|inconnue?s?) (?:benutzer|nutzer|mitglied|utilisateur|membre)",
    ),
)
_CALLS: tuple[tuple[Kind, str], ...] = (
    (Kind.LOOKUP, r"while (?:verifying|checking|trying to (?:verify|check|find))|if user .{0,120} exists"),
    (Kind.DEACTIVATE, r"deactivat|deprovision|while (?:trying to )?delet"),
    (Kind.REACTIVATE, r"reactivat|while (?:trying to )?activat"),
    (Kind.PASSWORD, r"password push|push(?:ing)? password"),
    (Kind.CREATE, r"while (?:trying to )?creat|creating user|create new user"),
    (Kind.PROFILE, r"profile (?:push|update)|while (?:trying to )?(?:push|updat)"),
)


@lru_cache(maxsize=4096)
def read_refusal(reason: str | None, kind: Kind | None = None) -> Refusal:
    """The meaning of a failure's text; `kind` is that of its event."""
    whole = (reason or "").strip()
    sentence, words = _halves(whole)
    call = kind if kind not in (None, Kind.SYNC) else _call(sentence)
    status = _status(sentence)
    sort = _sort(sentence, words, status) if whole else Sort.SILENT
    about = words if words else (_last_part(sentence) if sort in (Sort.STATUS, Sort.OTHER) else "")
    forms = {about, _CODE_JOINTS.sub(" ", about)}
    topics = frozenset(topic for topic, pattern in _TOPICS if any(_speaks(pattern, form) for form in forms))
    shown = status if sort in (Sort.STATUS, Sort.PARSER) else None
    return Refusal(
        text=whole,
        sort=sort,
        status=shown,
        words=words or (about if sort is Sort.OTHER else ""),
        topics=topics,
        call=call,
    )


def _speaks(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Compiled when first needed: all of them together take longer than the rest of a command's start.
    return re.compile(pattern, re.IGNORECASE)


def _halves(whole: str) -> tuple[str, str]:
    mark = _REMOTE.search(whole)
    return (whole, "") if mark is None else (whole[: mark.start()].strip(), whole[mark.end() :].strip())


def _last_part(sentence: str) -> str:
    return sentence.rpartition(": ")[2]


def _status(sentence: str) -> int | None:
    """The status in Okta's half: the last phrase or number in it, for names of people and apps come before."""
    best: tuple[int, int] | None = None
    for named in _ANY_PHRASE.finditer(sentence):
        best = (named.end(), _PHRASES[named[0].lower()])
    for found in _CODE.finditer(sentence):
        if int(found[1]) in _KNOWN and (best is None or found.end(1) > best[0]):
            best = (found.end(1), int(found[1]))
    return None if best is None else best[1]


def _sort(sentence: str, words: str, status: int | None) -> Sort:
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Sort.TIMEOUT
    for sort, pattern in _SORTS:
        if not _speaks(pattern, sentence):
            continue
        if status is not None and sort in (Sort.TIMEOUT, Sort.CONNECT, Sort.TLS):
            return Sort.STATUS
        return sort
    if status is None and not words:
        return Sort.OTHER
    if status is None:
        return next((sort for sort, pattern in _SORTS if _speaks(pattern, words)), Sort.OTHER)
    return Sort.STATUS


def _call(sentence: str) -> Kind | None:
    return next((kind for kind, pattern in _CALLS if _speaks(pattern, sentence)), None)
