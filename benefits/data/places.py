"""Countries and territories (ISO 3166) and languages (ISO 639) that the forms offer."""

from importlib import resources

from django.utils.translation import override
from django_countries import countries

from accounts.folding import fold

_ZONES = """\
AE Asia/Dubai|AR America/Argentina/Buenos_Aires|AT Europe/Vienna|AU Australia/Sydney|BD Asia/Dhaka|BE Europe/Brussels|
BG Europe/Sofia|BH Asia/Bahrain|BO America/La_Paz|BR America/Sao_Paulo|CA America/Toronto|CH Europe/Zurich|
CL America/Santiago|CN Asia/Shanghai|CO America/Bogota|CR America/Costa_Rica|CY Asia/Nicosia|CZ Europe/Prague|
DE Europe/Berlin|DK Europe/Copenhagen|DO America/Santo_Domingo|DZ Africa/Algiers|EC America/Guayaquil|
EE Europe/Tallinn|EG Africa/Cairo|ES Europe/Madrid|FI Europe/Helsinki|FR Europe/Paris|GB Europe/London|
GE Asia/Tbilisi|GH Africa/Accra|GR Europe/Athens|GT America/Guatemala|HK Asia/Hong_Kong|HN America/Tegucigalpa|
HR Europe/Zagreb|HU Europe/Budapest|ID Asia/Jakarta|IE Europe/Dublin|IL Asia/Jerusalem|IN Asia/Kolkata|
IQ Asia/Baghdad|IS Atlantic/Reykjavik|IT Europe/Rome|JM America/Jamaica|JO Asia/Amman|JP Asia/Tokyo|KE Africa/Nairobi|
KR Asia/Seoul|KW Asia/Kuwait|KZ Asia/Almaty|LB Asia/Beirut|LI Europe/Vaduz|LK Asia/Colombo|LT Europe/Vilnius|
LU Europe/Luxembourg|LV Europe/Riga|MA Africa/Casablanca|MD Europe/Chisinau|MT Europe/Malta|MU Indian/Mauritius|
MX America/Mexico_City|MY Asia/Kuala_Lumpur|NG Africa/Lagos|NL Europe/Amsterdam|NO Europe/Oslo|NP Asia/Kathmandu|
NZ Pacific/Auckland|OM Asia/Muscat|PA America/Panama|PE America/Lima|PH Asia/Manila|PK Asia/Karachi|PL Europe/Warsaw|
PR America/Puerto_Rico|PT Europe/Lisbon|PY America/Asuncion|QA Asia/Qatar|RO Europe/Bucharest|RS Europe/Belgrade|
SA Asia/Riyadh|SE Europe/Stockholm|SG Asia/Singapore|SI Europe/Ljubljana|SK Europe/Bratislava|SN Africa/Dakar|
SV America/El_Salvador|TH Asia/Bangkok|TN Africa/Tunis|TR Europe/Istanbul|TT America/Port_of_Spain|TW Asia/Taipei|
TZ Africa/Dar_es_Salaam|UA Europe/Kyiv|UG Africa/Kampala|US America/Chicago|UY America/Montevideo|UZ Asia/Tashkent|
VE America/Caracas|VN Asia/Ho_Chi_Minh|ZA Africa/Johannesburg|ZM Africa/Lusaka|ZW Africa/Harare
"""
_LANGUAGES = """\
ar Arabic|cs Czech|da Danish|de German|el Greek|en English|es Spanish|fi Finnish|fr French|he Hebrew|
hu Hungarian|it Italian|ja Japanese|ko Korean|nl Dutch|no Norwegian|pl Polish|pt Portuguese|ro Romanian|
ru Russian|sv Swedish|th Thai|tr Turkish|uk Ukrainian|zh Chinese"""


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    entries = (entry.strip().split(" ", 1) for entry in text.split("|"))
    return tuple(sorted(((code, name) for code, name in entries), key=lambda pair: fold(pair[1])))


def _countries() -> tuple[tuple[str, str], ...]:
    """Code and name of each, by name, in the record's own language."""
    with override(None):
        return tuple((code, str(name)) for code, name in countries)


def _first_zones() -> dict[str, str]:
    """Code → the zone that the tz database's zone.tab names first."""
    table = resources.files("tzdata") / "zoneinfo" / "zone.tab"
    rows = (line.split("\t") for line in table.read_text().splitlines() if not line.startswith("#"))
    found: dict[str, str] = {}
    for code, _place, zone, *_note in rows:
        found.setdefault(code, zone)
    return found


COUNTRIES = _countries()
LANGUAGES = _pairs(_LANGUAGES)
COUNTRY_NAMES = dict(COUNTRIES)
LANGUAGE_NAMES = dict(LANGUAGES)
# Where most of its people live, else the first zone: by which mail waits for the morning.
COUNTRY_ZONES = _first_zones() | dict(_pairs(_ZONES))
