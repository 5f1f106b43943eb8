"""The service description, its governance, customers' facts and evidence, and determinations."""

from .catalogue import (
    Entitlement,
    Guide,
    Plan,
    PlanSku,
    ProductFamily,
    ScopeItem,
    Source,
    Threshold,
    Workload,
)
from .customer import Customer, Enablement, Subscription, Tenant
from .determination import Determination
from .edition import ServiceDescription
from .evidence import EvidenceKind, ExportUpload, StagedUpload, UnknownProduct, UsageFigure
from .governance import CatalogueReport, GoldenScenario, GoldenSignOff, ReportState

__all__ = [
    "CatalogueReport",
    "Customer",
    "Determination",
    "Enablement",
    "Entitlement",
    "EvidenceKind",
    "ExportUpload",
    "GoldenScenario",
    "GoldenSignOff",
    "Guide",
    "Plan",
    "PlanSku",
    "ProductFamily",
    "ReportState",
    "ScopeItem",
    "ServiceDescription",
    "Source",
    "StagedUpload",
    "Subscription",
    "Tenant",
    "Threshold",
    "UnknownProduct",
    "UsageFigure",
    "Workload",
]
