"""The service description, its governance, customers' facts and evidence, and determinations."""

from .catalogue import Guide, ProductFamily, ScopeItem, Source, Threshold, Workload
from .customer import Customer, Enablement, Subscription, Tenant
from .determination import Determination
from .edition import ServiceDescription
from .evidence import EvidenceKind, ExportUpload, StagedUpload, UnknownProduct, UsageFigure
from .governance import CatalogueReport, GoldenScenario, GoldenSignOff, ReportState
from .plans import Entitlement, Plan, PlanSku
from .products import OutsideProduct, ServicePlan
from .refreshing import ProductProposal, ProposalKind, ProposalState, TableReading

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
    "ProductProposal",
    "ProposalKind",
    "ProposalState",
    "ReportState",
    "ScopeItem",
    "ServiceDescription",
    "ServicePlan",
    "Source",
    "StagedUpload",
    "Subscription",
    "TableReading",
    "Tenant",
    "Threshold",
    "UnknownProduct",
    "UsageFigure",
    "Workload",
]
