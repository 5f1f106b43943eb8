"""The service description, customers' facts, and determinations."""

from .catalogue import (
    Entitlement,
    Guide,
    Plan,
    PlanSku,
    ProductFamily,
    ScopeItem,
    ServiceDescription,
    Source,
    Threshold,
    Workload,
)
from .customer import Customer, Enablement, ExportUpload, Subscription, Tenant, UnknownProduct
from .determination import Determination

__all__ = [
    "Customer",
    "Determination",
    "Enablement",
    "Entitlement",
    "ExportUpload",
    "Guide",
    "Plan",
    "PlanSku",
    "ProductFamily",
    "ScopeItem",
    "ServiceDescription",
    "Source",
    "Subscription",
    "Tenant",
    "Threshold",
    "UnknownProduct",
    "Workload",
]
