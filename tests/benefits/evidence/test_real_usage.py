"""Usage reports in the forms that people have: each under its own name, with its figures where it has any."""

import csv
import io
import json
import tracemalloc
from pathlib import Path

import pytest

from benefits.domain.json_input import InputError
from benefits.domain.usage.figures import UsageReport, read_written_report
from benefits.domain.usage.reports import KINDS, is_usage_report, read_usage_report
from benefits.models import EvidenceKind
from tests.conftest import DATA

FILES = DATA / "real_files"
MAIL = {"EXCHANGE_ONLINE": (281, None)}
FIVE = {"EXCHANGE_ONLINE", "ONEDRIVE", "SHAREPOINT_ONLINE", "TEAMS", "VIVA_ENGAGE"}


def raw_of(number: str) -> bytes:
    [path] = FILES.glob(f"{number}-*")
    return Path(path).read_bytes()


def read(number: str) -> UsageReport:
    return read_usage_report(raw_of(number))


def counts(report: UsageReport) -> dict[str, tuple[int | None, int | None]]:
    return {row.workload: (row.active, row.total) for row in report.figures}


@pytest.mark.parametrize(
    ("number", "name", "figures"),
    [
        ("u08", "getM365AppUserDetail", {"M365_APPS": (1, None), "TEAMS": (1, None), "EXCHANGE_ONLINE": (1, None)}),
        ("u09", "getTeamsUserActivityUserDetail", {"TEAMS": (1, 1)}),
        ("u10", "getTeamsUserActivityUserDetail", {"TEAMS": (1, None)}),
        ("u11", "getMicrosoft365CopilotUsageUserDetail", {"M365_COPILOT": (1, 1)}),
        ("u12", "getYammerActivityUserDetail", {"VIVA_ENGAGE": (1, None)}),
        ("u14", "getOneDriveUsageAccountDetail", {"ONEDRIVE": (1, 1)}),
        ("u16", "getEmailActivityUserDetail", {"EXCHANGE_ONLINE": (1, None)}),
        ("u18", "getTeamsUserActivityUserCounts", {"TEAMS": (7, None)}),
        ("u21", "getMicrosoft365CopilotUserCountSummary", {"M365_COPILOT": (40, 50)}),
        (
            "u23",
            "getM365AppUserCounts",
            {"M365_APPS": (210, None), "TEAMS": (251, None), "EXCHANGE_ONLINE": (281, None)},
        ),
    ],
)
def test_each_report_has_its_own_name_and_figures(
    number: str, name: str, figures: dict[str, tuple[int, int | None]]
) -> None:
    report = read(number)
    assert (report.name, counts(report)) == (name, figures)


@pytest.mark.parametrize("number", ["u01", "u02", "u03", "u04", "u05", "u06", "u27"])
def test_active_users_person_by_person_give_five_figures(number: str) -> None:
    report = read(number)
    assert report.name == "getOffice365ActiveUserDetail"
    assert counts(report).keys() == FIVE


def test_the_same_people_give_the_same_figures_in_every_form() -> None:
    forms = [counts(read(number)) for number in ("u03", "u04", "u05", "u06")]
    assert all(form == forms[0] for form in forms)


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("u19", "getOffice365ActiveUserCounts"),
        ("u20", "getOffice365ServicesUserCounts"),
        ("u28", "getOffice365ActiveUserCounts"),
    ],
)
def test_counts_by_day_and_service_are_read(number: str, name: str) -> None:
    report = read(number)
    assert (report.name, {*counts(report)}) == (name, FIVE)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("u17", "this is getTeamsUserActivityCounts, which counts messages and meetings, not people"),
        ("u25", "this is getMicrosoft365CopilotUsageUserDetail, which has no column for the last activity date"),
    ],
)
def test_a_report_without_a_usable_figure_is_named_and_refused(number: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as refused:
        read(number)
    assert "Reports > Usage > Active users" in str(refused.value)


def test_columns_that_two_reports_share_are_refused() -> None:
    for columns in ("Send,Receive,Read", "Viewed Or Edited,Synced", "Liked,Posted,Read"):
        cells = ",".join("1" for _column in columns.split(","))
        text = f"Report Refresh Date,{columns},Report Date,Report Period\n2026-11-20,{cells},2026-11-20,7\n"
        with pytest.raises(InputError, match="so that it cannot be told"):
            read_usage_report(text.encode())


def test_every_readable_report_has_a_name_that_people_read() -> None:
    readable = {kind.name for kind in KINDS if not isinstance(kind.read, str)}
    assert readable | {"subscribedSkus"} == set(EvidenceKind.values)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_separators_and_encodings(separator: str, encoding: str) -> None:
    rows = list(csv.reader(io.StringIO(raw_of("u20").decode("utf-8-sig"))))
    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    assert counts(read_usage_report(text.getvalue().encode(encoding))) == counts(read("u20"))


def test_a_line_that_tells_excel_the_separator_is_skipped() -> None:
    text = "sep=;\r\n" + raw_of("u06").decode("utf-8-sig")
    assert counts(read_usage_report(text.encode())) == counts(read("u06"))


def test_json_gives_what_csv_gives() -> None:
    rows = list(csv.DictReader(io.StringIO(raw_of("u01").decode("utf-8-sig"))))
    objects = [{_camel(key): _typed(value) for key, value in row.items()} for row in rows]
    raw = json.dumps({"@odata.context": "x", "value": objects}).encode()
    assert is_usage_report(io.BytesIO(raw))
    report = read_usage_report(raw)
    assert (report.name, report.figures) == (read("u01").name, read("u01").figures)


def _camel(name: str) -> str:
    words = name.title().replace(" ", "").replace("Onedrive", "OneDrive").replace("Sharepoint", "SharePoint")
    return words[0].lower() + words[1:]


def _typed(value: str) -> object:
    return {"True": True, "False": False, "": None}.get(value, value)


def test_json_with_figures_inside_its_rows() -> None:
    inside = {"anyAppEnabledUsers": 50, "anyAppActiveUsers": 40}
    raw = json.dumps(
        {"value": [{"reportRefreshDate": "2026-11-20", "reportPeriod": "D7", "adoptionByProduct": [inside]}]}
    )
    assert counts(read_usage_report(raw.encode())) == {"M365_COPILOT": (40, 50)}


def test_dates_that_can_be_read_two_ways_are_refused_with_how_to_get_the_file_again() -> None:
    text = raw_of("u05").decode("utf-8-sig").replace("11/20/2026", "11/10/2026").replace("11/18/", "11/8/")
    text = text.replace("11/19/", "11/9/")
    with pytest.raises(InputError, match=r"may be month/day/year or day/month/year.*without saving"):
        read_usage_report(text.encode())
    german = raw_of("u06").decode("utf-8-sig").replace("2026-11-", "").replace("2025-01-01", "01.01.2025")
    for day in ("20", "18", "10", "19"):
        german = german.replace(f";{day};", f";{day}.11.2026;").replace(f"\n{day};", f"\n{day}.11.2026;")
    assert counts(read_usage_report(german.encode())) == counts(read("u06"))


def test_mailboxes_sites_and_activations() -> None:
    head = "Report Refresh Date,User Principal Name,Display Name,"
    mailbox = f"{head}Is Deleted,Deleted Date,Last Activity Date,Item Count,Storage Used (Byte),Report Period\n"
    mailbox += "2026-11-20,a@x.example,A,False,,2026-11-19,5,9,7\n2026-11-20,b@x.example,B,False,,,5,9,7\n"
    assert counts(read_usage_report(mailbox.encode())) == {"EXCHANGE_ONLINE": (1, 2)}
    activations = f"{head}Product Type,Last Activated Date,Windows,Mac\n"
    activations += "2026-11-20,a@x.example,A,MICROSOFT 365 APPS FOR ENTERPRISE,2024-01-02,1,0\n"
    activations += "2026-11-20,b@x.example,B,MICROSOFT 365 APPS FOR ENTERPRISE,,0,0\n"
    activations += "2026-11-20,a@x.example,A,VISIO,2026-01-01,1,0\n"
    assert counts(read_usage_report(activations.encode())) == {"M365_APPS": (1, 2)}
    accounts = "Report Refresh Date,Site Type,Total,Active,Report Date,Report Period\n2026-11-20,{},9,4,2026-11-19,7\n"
    assert counts(read_usage_report(accounts.format("OneDrive").encode())) == {"ONEDRIVE": (4, 9)}
    with pytest.raises(InputError, match="none of its rows has a figure"):
        read_usage_report(accounts.format("All").encode())


def test_what_is_kept_of_a_report_is_read_back_and_names_nobody() -> None:
    report = read("u01")
    kept = json.dumps(report.as_data())
    assert read_written_report(json.loads(kept)) == report
    assert "contoso" not in kept
    assert "user1" not in kept.casefold()


def test_a_report_on_many_people_is_read_in_little_memory() -> None:
    head, row = raw_of("u04").decode("utf-8-sig").splitlines()[:2]
    file = io.BytesIO("\n".join([head, *(row.replace("user1", f"user{n}") for n in range(20_000))]).encode())
    tracemalloc.start()
    report = read_usage_report(file)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (report.rows, counts(report)["TEAMS"]) == (20_000, (20_000, 20_000))
    assert peak < 16 * 1024 * 1024


def test_a_row_that_is_broken_far_down_is_named() -> None:
    head, row = raw_of("u04").decode("utf-8-sig").splitlines()[:2]
    lines = [head, *[row] * 5_000, "", row.replace("True", "perhaps", 1)]
    with pytest.raises(InputError, match="“perhaps” is neither yes nor no") as refused:
        read_usage_report("\n".join(lines).encode())
    assert refused.value.line == 5_003
    with pytest.raises(InputError, match="has 3 cells") as refused:
        read_usage_report("\n".join([head, *[row] * 5_000, "a,b,c"]).encode())
    assert refused.value.line == 5_002


def test_a_report_over_the_limit_is_refused() -> None:
    with pytest.raises(InputError, match="the maximum is 83,886,080"):
        read_usage_report(_Large())


class _Large(io.BytesIO):
    def seek(self, offset: int, whence: int = 0) -> int:
        return 84 * 1024 * 1024 if whence == io.SEEK_END else super().seek(offset, whence)


# --- forms that others have tried


def test_a_report_over_several_periods_counts_each_person_once() -> None:
    periods = [{"reportPeriod": days} for days in (7, 30, 90, 180)]
    row = {"reportRefreshDate": "2026-11-20", "lastActivityDate": "2026-11-18", "wordCopilotLastActivityDate": None}
    people = [row | {"userPrincipalName": f"u{n}", "byPeriod": periods} for n in range(10)]
    assert counts(read_usage_report(json.dumps({"value": people}).encode())) == {"M365_COPILOT": (10, 10)}


def test_only_the_newest_refresh_counts_people() -> None:
    head, row = raw_of("u04").decode("utf-8-sig").splitlines()[:2]
    older = row.replace("2026-11-20", "2026-11-13", 1)
    assert counts(read_usage_report("\n".join([head, row, older, older]).encode()))["TEAMS"] == (1, 1)


def test_a_page_of_a_report_is_refused() -> None:
    row = {"reportRefreshDate": "2026-11-20", "userPrincipalName": "u", "hasExchangeLicense": True}
    raw = json.dumps({"@odata.nextLink": "https://graph.example/next", "value": [row]}).encode()
    with pytest.raises(InputError, match="continues on another page"):
        read_usage_report(raw)


def test_json_in_utf16_is_known_as_a_report() -> None:
    raw = json.dumps({"value": [{"reportRefreshDate": "2026-11-20"}]}).encode("utf-16")
    assert is_usage_report(io.BytesIO(raw))


def test_json_of_mailboxes_is_read() -> None:
    row = {"reportRefreshDate": "2026-11-20", "userPrincipalName": "u", "isDeleted": False, "itemCount": 10}
    row |= {"lastActivityDate": "2026-11-18", "storageUsedInBytes": 5, "reportPeriod": "30"}
    assert counts(read_usage_report(json.dumps({"value": [row]}).encode())) == {"EXCHANGE_ONLINE": (1, 1)}


def test_what_a_spreadsheet_in_another_language_saved_is_read() -> None:
    head = "Report Refresh Date,User Principal Name,Is Deleted,Has Exchange License,Exchange Last Activity Date\n"
    for no, yes in (("FALSCH", "WAHR"), ("FAUX", "VRAI"), ("False", "True")):
        for midnight in ("", " 00:00:00", "T00:00:00Z"):
            row = f"2026-11-20{midnight},u,{no},{yes},2026-11-18{midnight}"
            assert counts(read_usage_report((head + row).encode())) == {"EXCHANGE_ONLINE": (1, 1)}


@pytest.mark.parametrize("start", ["sep=,\n", '"sep=,"\n', "sep=,,,,\n", "#TYPE System.Object\n", "\n\n"])
def test_lines_before_the_header_are_skipped(start: str) -> None:
    assert counts(read_usage_report((start + raw_of("u20").decode("utf-8-sig")).encode())) == counts(read("u20"))


@pytest.mark.parametrize("number", ["280,0", "1.500", "2 80"])
def test_a_count_that_may_be_another_is_refused(number: str) -> None:
    text = f'Report Refresh Date,Exchange Active,Exchange Inactive,Report Period\n2026-11-20,"{number}",20,30'
    with pytest.raises(InputError, match="is not a count: download the report again"):
        read_usage_report(text.encode())


def test_reports_that_cannot_be_told_have_no_name_of_another() -> None:
    groups = "Report Refresh Date,Total,Active,Report Date,Report Period\n2026-11-20,50,12,2026-11-20,30"
    with pytest.raises(InputError, match="a report on mailboxes or on groups"):
        read_usage_report(groups.encode())
    forms = "Report Refresh Date,User Principal Name,Last Activity Date,Created form count\n2026-11-20,u,2026-11-18,1"
    with pytest.raises(InputError, match="not the columns of a usage report that is known here"):
        read_usage_report(forms.encode())
    with pytest.raises(InputError, match="this is an Excel workbook"):
        read_usage_report(b"PK\x03\x04\x14\x00")
