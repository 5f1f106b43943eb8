"""What is private stays so: signed-in pages are not kept, nothing unreadable is guessed at, no token is logged."""

import datetime as dt
import io
import logging
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core import signing
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from config.handling import Handler
from config.logs import MASK, MaskedFormatter, mask_private
from pages.desk.desk import find_desk
from pages.desk.record import make_record
from referrals.intake.own_requests import SALT
from referrals.models import Offer
from tests import world
from tests.conftest import client_of
from tests.pages.addresses import OURS, PUBLIC, Places

pytestmark = pytest.mark.django_db


def test_no_signed_in_page_is_kept_by_anybody() -> None:
    """But for the icons, which are the same drawings for everybody."""
    places = Places()
    client = client_of(places.alpha)
    kept = {name for name in OURS if client.get(places.address(name)).headers.get("Cache-Control") != "no-store"}
    assert kept == {"icons"}
    assert client.get(places.address("icons")).content == Client().get(places.address("icons")).content
    assert client.get("/admin/").headers["Cache-Control"] == "no-store"


def test_private_pages_without_an_account_are_not_kept_either() -> None:
    places = Places()
    with_token = {"token", "draft", "rfa", "sent", "sender"}
    for name in (name for name, (reach, words) in OURS.items() if reach == PUBLIC and with_token & set(words)):
        answer = Client().get(places.address(name))
        if answer.status_code == 200:
            assert "no-store" in answer.headers.get("Cache-Control", ""), name


NO_TEXT = ("base64", "rot13", "zlib", "hex", "bz2", "uu", "quopri", "no-such-charset")


def ask(method: str, content_type: str) -> str:
    """Ask the application as a web server does; gives its status."""
    body = b'--B\r\nContent-Disposition: form-data; name="q"\r\n\r\nx\r\n--B--\r\n'
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/request/",
        "QUERY_STRING": "q=%41",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
    }
    statuses = list[str]()

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        statuses.append(status)

    Handler()(environ, start)
    return statuses[0]


KINDS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=B", "text/plain", "application/json")


@pytest.mark.parametrize("charset", NO_TEXT)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_charset_that_is_no_text_encoding_is_a_bad_request(method: str, kind: str, charset: str) -> None:
    assert ask(method, f"{kind}; charset={charset}") == "400 Bad Request"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "iso-8859-1"])
def test_a_charset_that_is_one_is_read(kind: str, charset: str) -> None:
    answer = Client().generic("GET", "/request/?q=%41", b"", content_type=f"{kind}; charset={charset}")
    assert answer.status_code == 200


@pytest.mark.parametrize("content_type", ["text/plain; charset*=nonsense''%41", "text/plain; charset=\x00"])
def test_a_content_type_that_cannot_be_read_is_a_bad_request(content_type: str) -> None:
    assert ask("POST", content_type) == "400 Bad Request"


def private_addresses(places: Places) -> list[str]:
    with_token = {"token", "draft", "rfa", "sent", "confirmation", "staged", "sender", "own requests"}
    return [places.address(name) for name, (_reach, words) in OURS.items() if with_token & set(words)]


def test_no_private_token_is_ever_logged(settings: Any) -> None:
    """Every private address is asked for, and for one beside it that leads nowhere; whatever is logged is looked at."""
    places, said = Places(), io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(MaskedFormatter("%(message)s"))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        for address in private_addresses(places):
            for method in ("get", "post", "put"):
                getattr(Client(raise_request_exception=False), method)(address)
                getattr(Client(raise_request_exception=False), method)(address + "nowhere/")
        reset = "/account/password/reset/key/1a-cxyz123-0123456789abcdef0123456789abcdef/"
        Client().get(reset + "nowhere/")
        logging.getLogger("gunicorn.error").error("Error handling request %s", places.address("pages:status"))
        failure = ValueError(places.address("pages:sender"))
        logging.getLogger("django.request").error("Internal Server Error: %s", reset, exc_info=failure)
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
    text = said.getvalue()
    assert MASK in text
    for word in ("token", "draft", "rfa", "sent", "confirmation", "sender", "own requests"):
        assert str(places.arguments[word]) not in text, word
    assert "cxyz123" not in text


def test_what_is_no_token_is_left_as_it_is() -> None:
    for text in ("Not Found: /team/referrals/REF-7K3M-9QXA/", "0" * 40, "sha256 " + "ab" * 32):
        assert mask_private(text) == text
    signed = signing.dumps("a@b.example", salt=SALT)
    assert signed not in mask_private(f"Not Found: /request/yours/{signed}/")
    for slash in ("/", "%2F", "%2f"):
        assert "ab" * 24 not in mask_private(f"?next={slash}status{slash}{'ab' * 24}")
    assert "a-secret" not in mask_private("?next=%2Faccount%2Fpassword%2Freset%2Fkey%2Fa-secret%2F")


def test_a_message_is_one_line_in_utc() -> None:
    record = logging.LogRecord("a", logging.INFO, "", 0, "one\ntwo\x1b[2J\u2028", (), None)
    record.created, record.msecs = 0.0, 7.0
    assert MaskedFormatter("{asctime} {message}", style="{").format(record) == (
        "1970-01-01T00:00:00.007Z one\\ntwo\\x1b[2J\\u2028"
    )


def test_a_calendars_address_is_masked() -> None:
    assert mask_private("Not Found: /calendar/0123456789abcdef0123456789abcdef.ics") == f"Not Found: /calendar/{MASK}"


def test_a_record_that_cannot_be_written_raises_nothing_where_it_is_made() -> None:
    logging.getLogger("tests").debug("%(missing)s", {"other": 1})


def test_every_handler_of_the_log_masks() -> None:
    config: dict[str, Any] = dict(django_settings.LOGGING)
    assert {handler["formatter"] for handler in config["handlers"].values()} == {"line"}
    assert config["formatters"]["line"]["()"] == "config.logs.MaskedFormatter"


def test_times_are_kept_apart_from_days_of_others() -> None:
    """Of a determination that came with an offer, page, sheet and PDF show the day, not the instant of others' work."""
    partner = world.make_partner()
    _referral, offer = world.offered(world.NOW)
    Offer.objects.filter(pk=offer.pk).update(offered_at=world.NOW + dt.timedelta(hours=2))
    row, client = offer.referral.determination, client_of(partner)
    assert row is not None
    page = world.text(client.get(f"/offers/{offer.public_id}/"))
    day = date_format(world.NOW, "SHORT_DATE_FORMAT")
    assert f"{row.public_id} · recorded {day}" in page
    sheet = world.text(client.get(f"/facts/{offer.public_id}/determinations/{row.public_id}/"))
    assert f"{day}, based on facts as of 2026-11-23" in sheet
    assert "10:00" not in sheet
    record = make_record(find_desk(asking(world.triager(partner)), offer.public_id), timezone.now())
    (rows,) = [part.rows for part in record.parts if part.title == "Determination"]
    assert ("Decided", day) in rows


def asking(person: User) -> Any:
    request = RequestFactory().get("/")
    request.user = person
    return request
