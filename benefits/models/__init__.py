"""The service description, its governance, customers' facts and evidence, and determinations."""

from .catalogue import Guide, ProductFamily, ScopeItem, Source, Threshold, Workload
from .customer import Customer, Enablement, Subscription, Tenant
from .determination import Determination
from .edition import ServiceDescription
from .evidence import EvidenceKind, ExportUpload, StagedUpload, UnknownProduct, UsageFigure
from .governance import CatalogueReport, GoldenScenario, GoldenSignOff, ReportState
from .plans import Entitlement, Plan, PlanSku
from .products import OutsideProduct, ServicePlan

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
    "OutsideProduct",
    "Plan",
    "PlanSku",
    "ProductFamily",
    "ReportState",
    "ScopeItem",
    "ServiceDescription",
    "ServicePlan",
    "Source",
    "StagedUpload",
    "Subscription",
    "Tenant",
    "Threshold",
    "UnknownProduct",
    "UsageFigure",
    "Workload",
]
