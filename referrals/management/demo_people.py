"""The demo's invented partners, people and customers. Company names are Microsoft's fictional ones."""

import random
from typing import Any

from accounts.models import User
from partners.choices import Role
from partners.models import Endorsement, Membership, Organisation, Partner

PASSWORD = "triage-demo"  # noqa: S105 (the demo's people only; local mode)

SECURITY = ["DEFENDER_XDR", "DEFENDER_ENDPOINT", "DEFENDER_OFFICE365", "DEFENDER_IDENTITY", "DEFENDER_CLOUD_APPS"]
IDENTITY = ["ENTRA_ID_P1", "ENTRA_ID_P2", "ENTRA_ID_GOVERNANCE"]
ENDPOINT = ["INTUNE", "INTUNE_CLOUD_ATTACH", "INTUNE_SUITE", "WINDOWS_11", "WINDOWS_365"]
COMPLIANCE = [
    "PURVIEW_INFO_PROTECTION",
    "PURVIEW_DATA_LIFECYCLE",
    "PURVIEW_INSIDER_RISK",
    "PURVIEW_COMM_COMPLIANCE",
    "PURVIEW_EDISCOVERY",
    "PURVIEW_AUDIT",
]
WORK = [
    "EXCHANGE_ONLINE",
    "SHAREPOINT_ONLINE",
    "ONEDRIVE",
    "TEAMS",
    "TEAMS_PHONE",
    "TEAMS_AUDIO_CONFERENCING",
    "M365_APPS",
    "M365_COPILOT",
]
VIVA = ["VIVA_CONNECTIONS", "VIVA_INSIGHTS", "VIVA_LEARNING", "VIVA_ENGAGE", "VIVA_GLINT"]
MOVING = ["DATA_MIGRATION", "CROSS_TENANT_MIGRATION"]
ALL = [*SECURITY, *IDENTITY, *ENDPOINT, *COMPLIANCE, *WORK, *VIVA, *MOVING]

# name, countries, languages, zone, FastTrack Ready, endorsed for, capacity
PARTNERS: tuple[tuple[str, str, str, str, bool, list[str], int], ...] = (
    ("Contoso Deployment", "GB IE US", "en", "Europe/London", True, ALL, 40),
    ("Fabrikam Services", "GB DE FR US", "en de fr", "Europe/Berlin", True, ALL, 40),
    ("Northwind Rollout", "US CA GB", "en fr", "America/New_York", True, [*SECURITY, *IDENTITY, *ENDPOINT, *WORK], 30),
    ("Adventure Works Cloud", "DE AT CH", "de en", "Europe/Zurich", True, [*WORK, *VIVA, *ENDPOINT, *MOVING], 30),
    ("Tailspin Security", "US GB NL DE", "en nl de", "Europe/Amsterdam", True, [*SECURITY, *IDENTITY, *COMPLIANCE], 30),
    ("Litware Workplace", "FR BE CH NL", "fr en nl", "Europe/Paris", True, ALL, 20),
    ("Proseware Partners", "IN SG AU", "en", "Asia/Kolkata", True, ALL, 30),
    ("Wingtip Consulting", "GB US", "en", "Europe/London", False, ALL, 20),
    ("Lamna Advisory", "DE GB FR US IN", "de en fr", "Europe/Berlin", True, ALL, 20),
    ("Fourth Coffee IT", "US CA", "en es", "America/Chicago", False, [*WORK, *VIVA, *ENDPOINT], 15),
    ("VanArsdel Systems", "NL BE GB", "nl en", "Europe/Brussels", True, ALL, 15),
    ("Relecloud", "ES PT US", "es pt en", "Europe/Madrid", True, [*WORK, *VIVA, *IDENTITY], 15),
)

CUSTOMERS = [
    "A. Datum",
    "Alpine Ski House",
    "Baldwin Museum of Science",
    "Bellows College",
    "Best For You Organics",
    "Blue Yonder Airlines",
    "City Power & Light",
    "Coho Vineyard",
    "Coho Winery",
    "Consolidated Messenger",
    "First Up Consultants",
    "Fincher Architects",
    "Graphic Design Institute",
    "Humongous Insurance",
    "Lucerne Publishing",
    "Margie's Travel",
    "Munson's Pickles and Preserves",
    "Nod Publishers",
    "Olympia Council",
    "Parnell Aerospace",
    "Phone Company",
    "Proelite Logistics",
    "Southridge Video",
    "School of Fine Art",
    "The Royal Pear Society",
    "Trey Research",
    "VanGuard Bank",
    "Wide World Importers",
    "Woodgrove Bank",
    "World Wide Shipping",
    "Harbour Freight Union",
    "Kestrel Hospital Trust",
    "Meadow Foods",
    "Nordlicht Werke",
    "Orchard Schools",
    "Pine Street Housing",
    "Quarry Engineering",
    "Ridgeway Rail",
    "Silverlake University",
    "Thornbury Water",
]

COUNTRIES = (
    ("GB", "en"),
    ("US", "en"),
    ("DE", "de"),
    ("FR", "fr"),
    ("GB", "en"),
    ("NL", "nl"),
    ("US", "en"),
    ("IN", "en"),
)
SIZES = ("51-250", "251-1000", "1001-5000", "5001-10000")
# plans held, and what such a customer asks for: text, workloads, areas
SITUATIONS: tuple[tuple[tuple[tuple[str, int], ...], tuple[tuple[str, list[str], list[str]], ...]], ...] = (
    (
        (("M365_E5", 500),),
        (
            (
                "Help us enable our security workloads. Devices are in Intune; desktops have no Defender yet.",
                ["DEFENDER_ENDPOINT"],
                ["security"],
            ),
            ("Protect identities and cloud apps.", ["DEFENDER_CLOUD_APPS", "DEFENDER_IDENTITY"], ["security"]),
            ("Bring records management and eDiscovery into use.", ["PURVIEW_EDISCOVERY"], ["compliance"]),
        ),
    ),
    (
        (("M365_E3", 400), ("M365_COPILOT", 25)),
        (
            ("Get Microsoft 365 Copilot ready.", ["M365_COPILOT"], ["ai"]),
            ("Set up Intune for our laptops.", ["INTUNE"], ["endpoint"]),
        ),
    ),
    (
        (("O365_E3", 300), ("VIVA_SUITE", 300)),
        (
            (
                "We use Viva Connections and want more from Viva.",
                ["VIVA_INSIGHTS", "VIVA_LEARNING"],
                ["employee_experience"],
            ),
        ),
    ),
    (
        (("M365_BUSINESS_PREMIUM", 151),),
        (("Set up Intune and protect our mail.", ["INTUNE", "DEFENDER_OFFICE365"], ["endpoint", "security"]),),
    ),
    (
        (("EMS_E3", 500),),
        (("Review and tune what we have in EMS.", ["ENTRA_ID_P1", "INTUNE"], ["identity"]),),
    ),
    (
        (("O365_E3", 120),),
        (("Roll out Teams to every site, with calling.", ["TEAMS"], ["collaboration"]),),
    ),
    (
        (("M365_E3", 900), ("M365_E5_SECURITY", 900)),
        (
            ("Move our file shares to SharePoint and OneDrive.", ["SHAREPOINT_ONLINE", "ONEDRIVE"], ["collaboration"]),
            ("Defender for all endpoints, Linux servers too.", ["DEFENDER_ENDPOINT"], ["security"]),
        ),
    ),
    (
        (("O365_E3", 250),),
        (
            ("Improve our existing Exchange Online setup.", ["EXCHANGE_ONLINE"], ["collaboration"]),
            ("Roll out Intune.", ["INTUNE"], ["endpoint"]),
        ),
    ),
)


def make_people() -> None:
    """One sign-in per role, and a triager for every partner."""
    team = ("team@demo.example", "Dana Okafor", {"is_processing_team": True})
    admin = ("admin@demo.example", "Robin Meyer", {"is_staff": True, "is_superuser": True})
    auditor = ("auditor@demo.example", "Kim Larsen", {"is_auditor": True})
    for email, name, flags in (team, admin, auditor):
        User.objects.create_user(email, PASSWORD, name=name, **flags)


def make_partners() -> list[Partner]:
    made = []
    for number, (name, countries, languages, zone, ready, endorsed, capacity) in enumerate(PARTNERS, 1):
        partner = Partner.objects.create(
            organisation=Organisation.objects.create(name=name),
            name=name,
            contact_email=f"referrals@{name.split()[0].lower()}.example",
            is_fasttrack_ready=ready,
            takes_benefit=ready,
            countries=countries.split(),
            languages=languages.split(),
            time_zone=zone,
            calendar_country=countries.split()[0],
            capacity=capacity,
        )
        Endorsement.objects.bulk_create(Endorsement(partner=partner, workload_code=code) for code in endorsed)
        email = f"partner{number if number > 1 else ''}@demo.example"
        user = User.objects.create_user(email, PASSWORD, name=f"{name.split()[0]} triage desk", time_zone=zone)
        Membership.objects.create(partner=partner, user=user, role=Role.ADMIN)
        made.append(partner)
    colleague = User.objects.create_user("colleague@demo.example", PASSWORD, name="Contoso delivery desk")
    Membership.objects.create(partner=made[0], user=colleague, role=Role.TRIAGER)
    return made


def describe_request(number: int, dice: random.Random) -> dict[str, Any]:
    """What one demo request says, in the shape that intake takes."""
    place = number % len(CUSTOMERS)
    name = CUSTOMERS[place]
    country, language = COUNTRIES[place % len(COUNTRIES)]
    plans, wishes = SITUATIONS[place % len(SITUATIONS)]
    text, workloads, areas = dice.choice(wishes)
    slug = "".join(letter for letter in name.lower() if letter.isalnum())
    return {
        "customer_name": name,
        "domain": f"{slug}.example",
        "country": country,
        "languages": [language],
        "industry": "education" if "Schools" in name or "College" in name else "commercial",
        "size_band": SIZES[place % len(SIZES)],
        "requester_kind": "customer" if number % 3 else "field",
        "requester_name": dice.choice(("Alex Wilber", "Megan Bowen", "Nestor Wilke", "Pradeep Gupta", "Lynne Robbins")),
        "requester_email": f"it@{slug}.example",
        "requester_phone": "",
        "text": text,
        "workloads": workloads,
        "areas": areas,
        "services": [],
        "delivery": "remote",
        "requested_type": "benefit" if number % 7 else "standard",
        "plans": [list(row) for row in plans],
    }
