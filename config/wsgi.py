"""The WSGI application, for gunicorn: set up, warmed up, and loaded once for all its workers."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup(set_prefix=False)

from config.handling import Handler  # noqa: E402 (these import what has to be set up first)
from config.warming import warm_up  # noqa: E402

warm_up()
application = Handler()
