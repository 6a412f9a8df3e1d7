r"""How apps word what they complain of: one pattern for each subject, searched in the app's own words without case.

A noun alone says little: apps speak of seats when nobody may assign them, and of passwords when an address to recover
them is missing. So a limit of seats needs a word of exhaustion beside the noun, and a password a word of a rule.
"""

_HEADS = (
    r"(?:users?|members?|accounts?|people|guests?|employees?|persons?|collaborators?|editors?|principals?)"
    r"(?![ _-]?names?\b)"
)
_FOREIGN_HEADS = (
    r"(?:utili[sz]ateur|usu[aá]rio|benutzer|nutzer|mitglied|gebruiker|membre|miembro|membro|utent|użytkownik)"
)
_SEAT = (
    r"(?:\bseats?\b|licen[cs]e(?:[sd]\b|\b)|licen[cs]ias?\b|licenças?|licenze?\b|licencj|licenser\b|lizenz|\blicentie|"
    r"\bslots?\b|\bspots?\b|\bsi[eè]ges?\b|\basientos?\b|\bassentos?\b|\bplazas?\b|\bvagas?\b|\bposti\b|\bplaces\b|"
    r"plätze\b|\bplatz\b|plaatsen\b|platser\b|\bmiejsc|мест[ао]?\b|лиценз|ライセンス|席|许可证|授权数|시트|라이선스|좌석)"
)
_SPENT = (
    r"(?:limit|quota|\bcap(?:acity|ped)?\b|exceed|exhaust|deplet|\breached\b|\bused\b|\bin use\b|\bfull\b|\btaken\b|"
    r"\boccupied\b|\bassigned to others\b|insufficient|not enough|\bout of\b|\bran out\b|\brun out\b|\bmax(?:imum)?\b|"
    r"\bno (?:more|longer)\b|\bnone\b|\bleft\b|remaining|purchase|\bbuy\b|"
    r"\bneed (?:\w+ ){0,2}more\b|erschöpft|aufgebraucht|vergeben|belegt|\bvoll\b|überschritten|erreicht|höchst|"
    r"\bkeine?n?\b|genug|l[ií]mite|épuis|atteint|dépass|\baucune?\b|\bplus de\b|complet|agotad|alcanz|no quedan|"
    r"no hay|\bsin\b|esgotad|atingid|excedid|\bsem\b|nenhum|não há|esaurit|raggiunt|nessun|superat|bereikt|"
    r"overschreden|\bgeen\b|\bvol\b|limiet|\bbrak\b|wyczerp|osiągn|przekrocz|\bslut\b|\binga\b|"
    r"上限|満|不足|空き|達し|残|已满|用完|超过|초과|부족|исчерпан|превышен|\bнет\b)"
)
_CONTAINER = r"(?:workspace|team|account|organi[sz]ation|tenant|plan|site|company|project|board|instance|subscription)"
_NUMBERS = r"(?<![\d./-])(\d+) ?(?:/|(?:out )?of|von|sur|de|di|van|av|z|из) ?(?:(?:the|your|your plan's) )?\1(?![\d/-])"
_COUNTED = rf"(?:{_HEADS}|{_FOREIGN_HEADS}|{_SEAT}|\bused\b|\bfull\b|\bplan\b|upgrade|limit|quota|subscription|\binvit)"

SEATS_TAKEN = rf"{_SEAT}[^.;:]{{0,40}}(?:\balready\b|\bbereits\b|\bdéjà\b|\bya\b|\bjá\b|\bgià\b|既に|すでに|已|이미)"
"""Seats that are taken already, which says nothing of an account that exists already."""
SEATS = (
    rf"{_SEAT}[^.;]{{0,40}}{_SPENT}|{_SPENT}[^.;]{{0,40}}{_SEAT}|"
    rf"\b(?:no|zero|0) (?:\w+ )?{_SEAT}|(?:available|free|unused)[ _]{_SEAT}|"
    rf"{_SEAT} (?:\w+ ){{0,3}}(?:not available|unavailable)|{_SEAT} available\W{{0,3}}(?:0|none)|"
    rf"{SEATS_TAKEN}|"
    rf"^(?=.*{_COUNTED}).*?{_NUMBERS}|"
    rf"too many {_HEADS}|"
    rf"upgrade\b.{{0,40}}\b(?:plan|subscription|tier|edition|package|licen[cs]e)|"
    rf"\b(?:plan|subscription|tier|edition|{_HEADS})\b.{{0,60}}\bupgrade|(?:need|have|must) (?:to )?upgrade\W*$|"
    rf"upgrade (?:\w+ )?to (?:add|invite|create|have)\b|"
    rf"(?:user|member|account|subscription|plan|tier|team) ?(?:limit|quota|cap)\b|"
    rf"max(?:imum|imal)? (?:number|amount|count)? ?(?:of )?(?:\w+ ){{0,2}}{_HEADS}|"
    rf"\b{_HEADS} (?:\w+ ){{0,3}}(?:exceeded|reached|exhausted|used up)|"
    rf"(?:no(?: more)?|not enough|insufficient|without|all) (?:more |further |additional |free |available |"
    rf"purchased |bought |paid ){{1,2}}(?:{_HEADS}|subscriptions?)|no more (?:{_HEADS}|subscriptions?)|"
    rf"(?:add|invite|create) (?:more|another|further|any more|additional|paid) {_HEADS}|"
    rf"\b(?:plan|contract|edition|trial|subscription|package)\b.{{0,60}}(?:\d+|"
    rf"\b(?:allow|includ|limit|only|up to|maxim)\w*)\b.{{0,40}}\b{_HEADS}\b|"
    rf"\bsubscription\b.{{0,60}}(?:limit|full|allow|exceed)|(?:limit|quota) .{{0,40}}{_HEADS}\b|"
    rf"\bcapacity (?:of|for) .{{0,40}}{_HEADS}\b|"
    rf"\b{_CONTAINER}\b[^.;]{{0,60}}\b(?:is|are|has|have)\b[^.;]{{0,20}}\bfull\b"
    rf"(?! ?(?:name|access|admin|control|right))|"
    rf"\b{_CONTAINER}\b[^.;]{{0,40}}\b(?:at|reached|exceed\w*|over) (?:its |the |full |max\w* |user )*capacity\b|"
    r"(?:limit|l[ií]mite|nombre max|número máximo|máximo|maximale?\b|höchst|massim|maxim\w*|liczba).{0,40}"
    rf"{_FOREIGN_HEADS}|{_FOREIGN_HEADS}\w* .{{0,40}}"
    r"(?:limit\b|l[ií]mite\b|erreicht|atteint|alcanz|atingid|überschritten|bereikt|raggiunt)|"
    r"nutzer(?:limit|zahl)|"
    rf"exceed\w* .{{0,40}}\b{_HEADS}\b|\b(?:no|0|zero|out of|used all) (?:\w+ ){{0,3}}invit(?:e|ation)s|"
    r"(?:ユーザー?|メンバー|用户|成员|사용자)(?:数|数量|수)?[^。]{0,10}(?:上限|超過|超过|已满|達し|초과)"
)

_PASSWORD = (
    r"(?:pass[ _-]?words?(?![ _-]?(?:recover|reset|manag|admin))|pass ?phrases?|kennw[oö]rte?r?|passw[oö]rte?r?|"
    r"mots? de passe|contraseñas?|contrasenas?|senhas?|wachtwoord(?:en)?|lösenord|hasł[oa]|adgangskode|passord|"
    r"salasana|parola|heslo|пароль|パスワード|密码|密碼|비밀번호)"
)
_RULE = (
    r"(?:\bmust\b|\bcontain|\binclude|\blength|\blong\b|\bshort|characters?\b|complex|polic|\bweak|\bstrong|strength|"
    r"\bat least\b|minimum|digit|symbol|upper ?case|lower ?case|special|\bhistory\b|re-?used?\b|requirement|"
    r"not meet|\bcriteria|\brules?\b|\bguess|breach|compromised|\bcommon\b|invalid|"
    r"not (?:valid|accepted|supported)|not allowed(?! to\b)|unsupported|"
    r"unacceptable|rejected|\bmuss\b|enthalt|mindest|schwach|zeichen|komplex|kurz|richtlinie|ungültig|\bdoit\b|"
    r"conten[iu]r|caract[eè]r|faible|invalide|exigence|\bdebe\b|contener|débil|mínim|inválid|corta|requisito|"
    r"\bdeve\b|conter\b|fraca|curta|contenere|debole|caratteri|\bmoet\b|bevatten|zwak|tekens|måste|innehålla|svagt|"
    r"tecken|\bmusi\b|zawiera|znak|słab|skal|indeholde|должен|символ|слаб|含|文字|記号|必要|弱|短|字符|必须|강도|포함)"
)
PASSWORD = (
    rf"{_PASSWORD}.{{0,80}}{_RULE}|{_RULE}.{{0,60}}{_PASSWORD}|{_PASSWORD}\W{{0,3}}(?:is |field is |was )?"
    r"(?:required|missing|mandatory|blank|empty|can't be|can ?not be|null)|"
    r"(?:missing|required|no) (?:field:? |attribute:? )?pass ?word\b|"
    r"\bcredentials?\b.{0,60}(?:complex|polic(?:y|ies)\b|length|strength|upper ?case|symbol|special|too weak|"
    r"too short)"
)

DOMAIN = (
    r"\bdomains?\b|\bdomän\w*|\bdomäne\w*|\bdomaines?\b|\bdomini(?:os?|i)?\b|"
    r"\bdomein\w*|\bdomen\w*|ドメイン|e-?mail (?:host|suffix)"
)
DOMAIN_RULE = (
    rf"(?:{DOMAIN}).{{0,60}}(?:approv|verif|claim|allow|permit|authori[sz]|whitelist|trust|accept|associat|register|"
    r"freigegeben|erlaubt|zugelassen|autoris|autoriz|許可|承認)|"
    rf"(?:approv|verif|claim|allow|authori[sz]|whitelist|trust|accept)\w* (?:\w+ )?(?:{DOMAIN})"
)
"""A domain that is the subject of an approval, and not only part of somebody's title."""

USER_TYPE = (
    r"user[ _-]?type|(?:account|seat|member|licen[cs]e|employee)[ _-]?type|\buserType\b|benutzertyp|"
    r"type (?:of )?(?:user|utilisateur)|tipo de usuario|"
    r"\b(?:role|type|tier|persona)s?\b.{0,60}\b(?:unknown|invalid|unsupported|"
    r"not (?:allowed|known|valid|supported|recogni[sz]ed)|must be one of|expected)|"
    r"(?:unknown|invalid|unsupported|unrecogni[sz]ed|no such) (?:\w+ )?"
    r"(?:role|type|tier|persona)\b"
)

REQUIRED = (
    r"required|mandatory|missing|must (?:not )?be (?:provided|present|set|specified|given|blank|empty|null)|"
    r"must have (?:a |an )|(?:can ?not|can't|may not|must not|should not|shouldn't) be "
    r"(?:blank|empty|null|omitted|missing)|is (?:blank|empty|null)|not (?:provided|specified|supplied|given|set)\b|"
    r"erforderlich|pflichtfeld|obligatoi?r|requis|requerid|verplicht"
)

VALUE = (
    r"invalid|illegal|not (?:a )?valid|malformed|forbidden characters?|characters?|too long|too short|format|"
    r"pattern|regex|does not match|violat|unparsable|unparseable|unprocessable|validation|ungültig|invalide|"
    r"inválid|not allowed|only (?:letters|digits|alphanumeric)|must (?:only )?contain|exceeds"
)

EXISTS = (
    r"already (?:been |being |has |have )?(?:a (?:seat|licen[cs]e)|exists?|"
    r"taken|in use|used|registered|assigned|present|a member|belongs|licen[cs]ed|"
    r"associated|linked)|duplicate|not unique|must be unique|\buniqueness\b|unique (?:constraint|index|key)|"
    r"bereits (?:vergeben|vorhanden|verwendet|registriert|belegt)|existiert bereits|existe déjà|déjà (?:utilisé|pris)|"
    r"ya (?:existe|está en uso|registrad)|já (?:existe|cadastrad|está em uso|registad)|esiste già|già (?:in uso|"
    r"registrat|esistente)|bestaat al|al in gebruik|reeds (?:in gebruik|bestaand)|finns redan|używa już|już istnieje|"
    r"既に|すでに|已存在|已被|이미|\bis taken\b"
)

CREDENTIALS = (
    r"unauthenticated|not authenticated|authenticat\w+ (?:failed|failure|required|error|credential)|"
    r"(?:invalid|expired|revoked|unknown|bad|wrong|missing|inactive|rotated|disabled) (?:\w+[ -]){0,3}"
    r"(?:token|api[ -]?key|key|credentials?|secret|bearer|signature|jwt)\b|"
    r"(?:token|api[ -]?key|credentials?|secret|jwt)\b (?:\w+ ){0,8}(?:invalid|expired|revoked|unknown|"
    r"not (?:valid|recogni[sz]ed|found|accepted|known)|wrong|incorrect|rejected|disabled|deactivated|"
    r"deleted|inactive|blocked|no longer)"
)

PERMISSION = (
    r"permission|privilege|not (?:authori[sz]ed|permitted|entitled)|"
    rf"insufficient(?![ _-](?:\w+[ _-])?(?:{_SEAT}|quota|subscription|capacity))|scope|\brights?\b|"
    r"access (?:is )?denied|(?:only|requires?) (?:\w+ ){0,3}(?:admin|owner)|"
    r"may not (?:add|assign|create|change|deactivate|delete|edit|invite|manage|modify|perform|set|update|write)|"
    r"read[- ]only|cannot (?:be )?(?:edit|modif|manag)|berechtigung|not allowed to"
)

RATE = r"rate[ -]?limit|too many requests|throttl|requests? per (?:second|minute|hour|day|\d)|slow down"

MEDIA_TYPE = r"media[ -]?type|content[ -]?type|mime[ -]?type|application/(?:scim\+)?json|not acceptable"

UNKNOWN_MEMBER = (
    r"(?:user|member|resource|account|principal)\w* .{0,80}(?:not (?:be )?(?:found|known|exist)|does not exist|"
    r"doesn't exist|unknown|missing|invalid|unresolv)|"
    r"(?:unknown|invalid|no such|nonexistent|missing|unresolved|there is no|found no|find no) (?:\w+ )?"
    r"(?:user|member|account|resource|principal)|"
    r"(?:utilisateur|benutzer|nutzer|mitglied|usu[aá]rio|membre|miembro|gebruiker)\w* .{0,60}(?:inconnu|"
    r"introuvable|unbekannt|nicht gefunden|no encontrado|desconocid|não encontrado|niet gevonden|onbekend)|"
    r"(?:unbekannte\w*|inconnue?s?) (?:benutzer|nutzer|mitglied|utilisateur|membre)"
)
