"""Microsoft Graph's usage reports: each known by its own columns, read into figures, or refused with its name.

A figure is evidence and decides nothing: no source gives a threshold. A blank cell means that the service is not
provisioned. Rows about single people are only counted; no name leaves this room.
Source: https://learn.microsoft.com/en-us/graph/api/resources/report
"""

import re
from typing import BinaryIO, NamedTuple

from ..json_input import InputError
from .counting import (
    APPS,
    REFRESHED,
    REPORTED,
    SERVICES,
    Only,
    People,
    Read,
    count_app_users,
    count_by_day,
    count_once,
    count_people,
    count_services,
)
from .figures import UsageReport, choose_figures
from .tables import CsvTable, Table, begins_with_json, open_table, read_start

START_OF_JSON = 4096  # bytes
REFRESHED_KEY = re.compile(r'"report\s*refresh\s*date"', re.IGNORECASE)
PERSON = "user principal name"
LAST = "last activity date"
OFFICE_APPS = Only("product type", re.compile(r"microsoft 365 apps|office 365 proplus|microsoft office", re.IGNORECASE))
IN_USE = Only("user state", re.compile(r"active", re.IGNORECASE))
OF_ONEDRIVE = Only("site type", re.compile(r"onedrive", re.IGNORECASE))
DAILY = f"{REFRESHED}|{REPORTED}"
COPILOT = ("any app active users", "any app enabled users")
TEAMS_ACTS = ("team chat messages", "private chat messages", "calls", "meetings")
PEOPLE = "licensed people"
WANTED = "Upload a report on active users instead: admin center, Reports > Usage > Active users, Export."


class Kind(NamedTuple):
    """A kind of report. ``has``: columns that it needs and no other kind has all of. ``read``: or why it is refused."""

    name: str
    has: frozenset[str]
    read: Read | str
    mentions: str = ""  # a word of some column

    def fits(self, table: Table) -> bool:
        mentioned = self.mentions in " ".join(table.columns)
        return mentioned and self.has <= table.places.keys()


def _kind(name: str, columns: str, read: Read | str, mentions: str = "") -> Kind:
    return Kind(name, frozenset(columns.split("|")), read, mentions)


def _people(workload: str, what: str, **words: object) -> Read:
    return count_people(People(workload, what, **words))  # type: ignore[arg-type]


MESSAGES = "counts messages and meetings, not people"
THINGS = "counts sites and files, not people"
DEVICES = "counts devices, not people"
STORAGE = "says how much is stored, not who uses it"
ALIKE = "has the same columns for both, so that it cannot be told"
NO_DAYS = "has no column for the last activity date"
EITHER = "has the same columns whether it counts people or what they did, so that it cannot be told"
PERSON_SERVICES = tuple(
    People(workload, PEOPLE, f"{name} last activity date", f"has {name} license") for name, workload in SERVICES.items()
)

# The first that fits counts: what has more columns of its own stands before what has fewer.
KINDS = (
    _kind("getOffice365ActiveUserDetail", f"{REFRESHED}|{PERSON}|has exchange license", count_people(*PERSON_SERVICES)),
    _kind("getM365AppUserDetail", f"{REFRESHED}|{PERSON}|last activation date|word|excel", count_app_users),
    _kind(
        "getTeamsUserActivityUserDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|team chat message count",
        _people("TEAMS", "people", licensed="is licensed"),
    ),
    _kind(
        "getTeamsDeviceUsageUserDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|used web|used windows",
        _people("TEAMS", "people"),
    ),
    _kind(
        "getMicrosoft365CopilotUsageUserDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|word copilot last activity date",
        _people("M365_COPILOT", "enabled people", is_total=True),
    ),
    _kind(
        "getYammerActivityUserDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|user state|posted count",
        _people("VIVA_ENGAGE", "people", only=IN_USE),
    ),
    _kind(
        "getYammerDeviceUsageUserDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|user state|used web",
        _people("VIVA_ENGAGE", "people", only=IN_USE),
    ),
    _kind(
        "getSharePointActivityUserDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|viewed or edited file count|visited page count",
        _people("SHAREPOINT_ONLINE", "people"),
    ),
    _kind(
        "getOneDriveActivityUserDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|viewed or edited file count|synced file count",
        _people("ONEDRIVE", "people"),
    ),
    _kind(
        "getOneDriveUsageAccountDetail",
        f"{REFRESHED}|owner principal name|{LAST}|storage allocated (byte)|active file count",
        _people("ONEDRIVE", "accounts", is_total=True),
    ),
    _kind(
        "getMailboxUsageDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|item count|storage used (byte)",
        _people("EXCHANGE_ONLINE", "mailboxes", is_total=True),
    ),
    _kind(
        "getEmailActivityUserDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|send count|receive count",
        _people("EXCHANGE_ONLINE", "people"),
    ),
    _kind(
        "getEmailAppUsageUserDetail",
        f"{REFRESHED}|{PERSON}|{LAST}|outlook for windows",
        _people("EXCHANGE_ONLINE", "people"),
    ),
    _kind(
        "getOffice365ActivationsUserDetail",
        f"{REFRESHED}|{PERSON}|product type|last activated date",
        _people(
            "M365_APPS",
            "licensed people who have activated",
            last="last activated date",
            is_total=True,
            ever=True,
            only=OFFICE_APPS,
        ),
    ),
    _kind(
        "getOffice365ActivationsUserCounts",
        f"{REFRESHED}|product type|assigned|activated",
        count_once("M365_APPS", "activated", "assigned", "licensed people who have activated", only=OFFICE_APPS),
    ),
    _kind(
        "getMicrosoft365CopilotUserCountTrend",
        f"{DAILY}|any app enabled users|any app active users",
        count_by_day(
            {"any app active users": "M365_COPILOT"}, "active of enabled people", total="any app enabled users"
        ),
    ),
    _kind(
        "getMicrosoft365CopilotUserCountSummary",
        f"{REFRESHED}|any app enabled users|any app active users",
        count_once("M365_COPILOT", *COPILOT, "active of enabled people in the period"),
    ),
    _kind("getOffice365ServicesUserCounts", f"{REFRESHED}|exchange active|exchange inactive", count_services),
    _kind("getM365AppUserCounts", f"{DAILY}|word|excel", count_by_day(APPS, "people who used the app")),
    _kind("getOffice365ActiveUserCounts", f"{DAILY}|exchange", count_by_day(SERVICES, "active people")),
    _kind("getTeamsUserActivityCounts", f"{DAILY}|team chat messages|post messages", MESSAGES),
    _kind(
        "getTeamsUserActivityUserCounts",
        f"{DAILY}|team chat messages|private chat messages|other actions",
        count_by_day(
            dict.fromkeys(
                ("team chat messages", "private chat messages", "calls", "meetings", "other actions"), "TEAMS"
            ),
            "people who did the commonest thing",
        ),
    ),
    _kind("getTeamsUserActivityCounts", f"{DAILY}|team chat messages", MESSAGES),
    _kind(
        "getSharePointActivityUserCounts",
        f"{DAILY}|visited page|viewed or edited",
        count_by_day(
            dict.fromkeys(("visited page", "viewed or edited", "synced"), "SHAREPOINT_ONLINE"),
            "people who did the commonest thing",
        ),
    ),
    _kind(
        "getOneDriveUsageAccountCounts",
        f"{DAILY}|site type|total|active",
        count_by_day({"active": "ONEDRIVE"}, "active accounts", total="total", only=OF_ONEDRIVE),
    ),
    # known, and of no use
    _kind("a report on mailboxes or on groups", f"{DAILY}|total|active", ALIKE),
    _kind(
        "getMicrosoft365CopilotUsageUserDetail",
        f"{REFRESHED}|{PERSON}|report period|display name",
        "has no column for the last activity date",
    ),
    _kind("getM365AppPlatformUserCounts", f"{DAILY}|windows|mac|mobile|web", DEVICES),
    _kind("getOffice365ActivationCounts", f"{REFRESHED}|product type|windows|mac", DEVICES),
    _kind("getEmailActivityCounts or getEmailActivityUserCounts", f"{DAILY}|send|receive|read", EITHER),
    _kind(
        "getOneDriveActivityFileCounts or getOneDriveActivityUserCounts",
        f"{DAILY}|viewed or edited|synced",
        EITHER,
    ),
    _kind("getYammerActivityCounts or getYammerActivityUserCounts", f"{DAILY}|liked|posted|read", EITHER),
    _kind("getSharePointSiteUsageDetail", f"{REFRESHED}|site url|{LAST}", THINGS),
    _kind("getSharePointActivityPages", f"{DAILY}|visited page count", THINGS),
    _kind("getOffice365GroupsActivityDetail", f"{REFRESHED}|group display name", "counts groups, not people"),
    _kind("getTeamsTeamActivityDetail", f"{REFRESHED}|team name", "counts teams, not people"),
    _kind("a storage report", f"{DAILY}|storage used (byte)", STORAGE),
)


def is_usage_report(source: BinaryIO) -> bool:
    """Is this any usage report of Graph's? Each says when it was refreshed, in its header or its first object."""
    if begins_with_json(source):
        return REFRESHED_KEY.search(read_start(source, START_OF_JSON)) is not None
    return REFRESHED in CsvTable(source).places


def read_usage_report(source: bytes | BinaryIO) -> UsageReport:
    """Read a report of at most 80 MB: CSV in UTF-8 or UTF-16, or JSON of at most 8 MB. ``source`` can be sought in.

    Raises:
        InputError: no text, no report that is known, one without a usable figure, or a cell that cannot be read, with
            its row and column.
    """
    table = open_table(source)
    for kind in KINDS:
        if kind.fits(table):
            return _read(kind, table)
    columns = ", ".join(table.columns[:6])
    raise InputError(f"these are not the columns of a usage report that is known here: {columns}. {WANTED}", line=1)


def _read(kind: Kind, table: Table) -> UsageReport:
    if isinstance(kind.read, str):
        raise InputError(f"this is {kind.name}, which {kind.read}. {WANTED}")
    figures = choose_figures(kind.read(table))
    if not figures:
        raise InputError(f"this is {kind.name}, and none of its rows has a figure that can be used. {WANTED}")
    return UsageReport(kind.name, table.rows, figures, table.columns)
