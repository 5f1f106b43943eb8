"""Codes of the lab, with their words."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    WORLD = "world", _("Simulation")
    PERIOD = "period", _("Replay")


class PartKind(TextChoices):
    READING = "reading", _("reading the period")
    SIMULATION = "simulation", _("simulation")
    BOUND = "bound", _("upper bound")


class WhatIf(TextChoices):
    """What a partner might do, from the beginning on."""

    JOINS = "joins", _("joins")
    LEAVES = "leaves", _("leaves")
    PAUSES = "pauses", _("pauses for 30 days")
    DOUBLES = "doubles", _("doubles its capacity")
