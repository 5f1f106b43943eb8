"""What a first visitor would wait for is made before the web's workers begin, and is shared by them."""

from django.conf import settings
from django.db import DatabaseError, connections
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone

from benefits.services.editions import NoEditionInForce, edition_in_force


def warm_up() -> None:
    """Read the addresses, the templates and, where there is one by now, the edition in force."""
    reverse("home")
    folder = settings.BASE_DIR / "templates"
    for path in folder.rglob("*.html"):
        get_template(str(path.relative_to(folder)))
    try:
        edition_in_force(timezone.localdate())
    except (DatabaseError, NoEditionInForce):
        pass  # it is read with the first page
    finally:
        connections.close_all()  # a connection belongs to one process
