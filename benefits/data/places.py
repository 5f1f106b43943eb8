"""Countries (ISO 3166) and languages (ISO 639) that the forms offer."""

_COUNTRIES = """\
AE United Arab Emirates|AR Argentina|AT Austria|AU Australia|BD Bangladesh|BE Belgium|BG Bulgaria|
BH Bahrain|BO Bolivia|BR Brazil|CA Canada|CH Switzerland|CL Chile|CN China|CO Colombia|CR Costa Rica|
CY Cyprus|CZ Czechia|DE Germany|DK Denmark|DO Dominican Republic|DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|
ES Spain|FI Finland|FR France|GB United Kingdom|GE Georgia|GH Ghana|GR Greece|GT Guatemala|HK Hong Kong SAR|
HN Honduras|HR Croatia|HU Hungary|ID Indonesia|IE Ireland|IL Israel|IN India|IQ Iraq|IS Iceland|IT Italy|
JM Jamaica|JO Jordan|JP Japan|KE Kenya|KR Korea|KW Kuwait|KZ Kazakhstan|LB Lebanon|LI Liechtenstein|
LK Sri Lanka|LT Lithuania|LU Luxembourg|LV Latvia|MA Morocco|MD Moldova|MT Malta|MU Mauritius|MX Mexico|
MY Malaysia|NG Nigeria|NL Netherlands|NO Norway|NP Nepal|NZ New Zealand|OM Oman|PA Panama|PE Peru|
PH Philippines|PK Pakistan|PL Poland|PR Puerto Rico|PT Portugal|PY Paraguay|QA Qatar|RO Romania|RS Serbia|
SA Saudi Arabia|SE Sweden|SG Singapore|SI Slovenia|SK Slovakia|SN Senegal|SV El Salvador|TH Thailand|
TN Tunisia|TR Türkiye|TT Trinidad and Tobago|TW Taiwan|TZ Tanzania|UA Ukraine|UG Uganda|US United States|
UY Uruguay|UZ Uzbekistan|VE Venezuela|VN Vietnam|ZA South Africa|ZM Zambia|ZW Zimbabwe"""

_LANGUAGES = """\
ar Arabic|cs Czech|da Danish|de German|el Greek|en English|es Spanish|fi Finnish|fr French|he Hebrew|
hu Hungarian|it Italian|ja Japanese|ko Korean|nl Dutch|no Norwegian|pl Polish|pt Portuguese|ro Romanian|
ru Russian|sv Swedish|th Thai|tr Turkish|uk Ukrainian|zh Chinese"""


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    entries = (entry.strip().split(" ", 1) for entry in text.split("|"))
    return tuple(sorted(((code, name) for code, name in entries), key=lambda pair: pair[1]))


COUNTRIES = _pairs(_COUNTRIES)
LANGUAGES = _pairs(_LANGUAGES)
COUNTRY_NAMES = dict(COUNTRIES)
LANGUAGE_NAMES = dict(LANGUAGES)
