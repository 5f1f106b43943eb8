"""Usage reports: read with their quirks, refused with the place, proposed from but never decided by."""

import datetime as dt

import pytest

from benefits.domain.json_input import InputError
from benefits.domain.usage.figures import Figure, propose_status
from benefits.domain.usage.reports import read_usage_report

DAYS = """Report Refresh Date,Office 365,Exchange,OneDrive,SharePoint,Skype For Business,\
Yammer,Teams,Report Date,Report Period
2026-11-20,410,400,120,0,3,,390,2026-11-19,7
2026-11-20,405,420,110,0,3,,380,2026-11-18,7
2026-11-20,90,60,10,0,0,,50,2026-11-15,7
"""
SERVICES = (
    "Report Refresh Date,Exchange Active,Exchange Inactive,OneDrive Active,OneDrive Inactive,SharePoint Active,"
    "SharePoint Inactive,Skype For Business Active,Skype For Business Inactive,Yammer Active,Yammer Inactive,"
    "Teams Active,Teams Inactive,Office 365 Active,Office 365 Inactive,Report Period\n"
    "2026-11-20,480,20,0,500,,,0,0,12,488,500,0,490,10,30\n"
)
APPS = (
    "Report Refresh Date,Report Period,Report Date,Outlook,Word,Excel,PowerPoint,OneNote,Teams\n"
    "2026-11-20,7,2026-11-19,1,200,300,90,4,250\n"
)
COPILOT = (
    "Report Refresh Date,Any App Enabled Users,Any App Active Users,Microsoft Teams Active Users  ,Report Period\n"
    "2026-11-20,25,9,4,30\n"
)
PEOPLE = (
    "Report Refresh Date,User Principal Name,Display Name,Is Deleted,Deleted Date,Has Exchange License,"
    "Has Teams License,Exchange Last Activity Date,Teams Last Activity Date,Assigned Products\n"
    "2026-11-20,ada@x.example,Ada,False,,True,True,2026-11-19,2026-10-01,MICROSOFT 365 E5\n"
    "2026-11-20,bob@x.example,Bob,False,,True,False,2026-10-22,,MICROSOFT 365 E5\n"
    "2026-11-20,gone@x.example,Gone,True,2026-11-01,True,True,2026-11-19,2026-11-19,\n"
)


def figures(text: str) -> dict[str, tuple[int | None, int | None, str]]:
    report = read_usage_report(text.encode())
    return {row.workload: (row.active, row.total, row.on.isoformat()) for row in report.figures}


def test_days_give_the_highest_day_of_each_service() -> None:
    found = figures(DAYS)
    assert found["EXCHANGE_ONLINE"] == (420, None, "2026-11-18")
    assert found["TEAMS"] == (390, None, "2026-11-19")
    assert found["SHAREPOINT_ONLINE"][0] == 0
    assert found["VIVA_ENGAGE"][0] is None, "a blank cell is not provisioned, under the column's old name"
    assert "Skype" not in str(found)
    assert read_usage_report(DAYS.encode()).rows == 3


def test_byte_order_mark_and_new_product_names_are_read() -> None:
    renamed = (
        DAYS.replace("Yammer", "Viva Engage")
        .replace("OneDrive", "OneDrive for Business")
        .replace("Exchange", " Exchange  Online ")
    )
    assert figures("\ufeff" + renamed) == figures(DAYS)


def test_services_give_active_of_licensed() -> None:
    found = figures(SERVICES)
    assert found["EXCHANGE_ONLINE"] == (480, 500, "2026-11-20")
    assert found["ONEDRIVE"][:2] == (0, 500)
    assert found["SHAREPOINT_ONLINE"][:2] == (None, None)
    assert found["VIVA_ENGAGE"][:2] == (12, 500)


def test_newest_refresh_counts_whatever_was_higher_before() -> None:
    older = DAYS.splitlines()[1].replace("2026-11-20", "2026-08-20").replace("2026-11-19", "2026-08-19")
    assert figures(DAYS + older.replace("400,120", "500,500") + "\n")["EXCHANGE_ONLINE"] == (420, None, "2026-11-18")


def test_apps_copilot_and_people() -> None:
    assert figures(APPS)["M365_APPS"][0] == 300
    assert figures(COPILOT)["M365_COPILOT"][:2] == (9, 25)
    assert figures(PEOPLE)["EXCHANGE_ONLINE"] == (1 + 1, 2, "2026-11-20") or figures(PEOPLE)["EXCHANGE_ONLINE"][:2] == (
        2,
        2,
    )
    assert figures(PEOPLE)["TEAMS"][:2] == (0, 1)


def test_no_name_of_a_person_leaves_the_reader() -> None:
    assert "ada" not in repr(read_usage_report(PEOPLE.encode())).lower()


@pytest.mark.parametrize(
    ("text", "place", "cause"),
    [
        (DAYS.replace("400,120", "many,120"), "line 2, column “exchange”", "is not a count"),
        (DAYS.replace("400,120", "-4,120"), "line 2, column “exchange”", "is not a count"),
        (DAYS.replace("2026-11-18", "9999-11-18"), "line 3, column “report date”", "is not a date"),
        (DAYS.replace("2026-11-18", "2026-W01-1"), "line 3, column “report date”", "is not a date"),
        (DAYS.replace("420,110", "٤٢٠,110"), "line 3, column “exchange”", "is not a count"),
        (DAYS.replace("2026-11-20,90,60", "\n\n2026-11-20,90,x"), "line 6", "is not a count"),
        (DAYS.replace("2026-11-18", "18.11.2026"), "line 3, column “report date”", "is not a date"),
        (DAYS.replace(",7\n", "\n", 1), "line 2", "has 9 cells; the header has 10"),
        (DAYS.replace("Teams,", "Exchange,"), "line 1", "a column stands twice"),
        ("a,b\n1,2\n", "line 1", "not the columns of a usage report"),
        (DAYS.splitlines()[0], "", "holds no row"),
        ("Report\x00,b\n1,2\n", "", "NUL"),
    ],
)
def test_broken_report_is_refused_with_row_column_and_reason(text: str, place: str, cause: str) -> None:
    with pytest.raises(InputError) as refused:
        read_usage_report(text.encode())
    assert cause in str(refused.value)
    assert place in str(refused.value)


def test_neither_utf8_nor_utf16_is_refused() -> None:
    with pytest.raises(InputError, match="not UTF-8 text, nor UTF-16 with its mark"):
        read_usage_report(DAYS.replace("Teams", "T\xe4ms").encode("latin-1"))


@pytest.mark.parametrize(
    ("active", "total", "seats", "status", "part"),
    [
        (None, None, 500, "not_enabled", ""),
        (0, 500, 500, "not_enabled", ""),
        (120, None, 500, "partly_enabled", "120 of 500"),
        (480, 500, 900, "partly_enabled", "480 of 500"),
        (500, 500, None, "enabled", ""),
        (500, None, 499, "enabled", ""),
        (7, None, None, "in_progress", ""),
    ],
)
def test_proposal_of_a_figure(active: int | None, total: int | None, seats: int | None, status: str, part: str) -> None:
    figure = Figure("TEAMS", active, total, dt.date(2026, 11, 20), "active people")
    proposal = propose_status(figure, seats)
    assert (proposal.status, proposal.part) == (status, part)
    assert proposal.why.endswith(".")
