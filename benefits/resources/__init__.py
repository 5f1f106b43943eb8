"""The tables of a draft as CSV: one resource a table, rows known by their codes, checked before anything is kept."""

from .base import neutralise
from .tables import (
    TABLES,
    EntitlementResource,
    FamilyResource,
    OutsideProductResource,
    PlanResource,
    ScopeItemResource,
    ServicePlanResource,
    SkuResource,
    SourceResource,
    ThresholdResource,
    WorkloadResource,
)

__all__ = [
    "TABLES",
    "EntitlementResource",
    "FamilyResource",
    "OutsideProductResource",
    "PlanResource",
    "ScopeItemResource",
    "ServicePlanResource",
    "SkuResource",
    "SourceResource",
    "ThresholdResource",
    "WorkloadResource",
    "neutralise",
]
