"""Django admin of customers and their tenants."""

from django.contrib import admin

from accounts.admin import FoldedSearchMixin
from benefits.models import Customer, Tenant


class TenantInline(admin.TabularInline):
    model = Tenant
    extra = 0


@admin.register(Customer)
class CustomerAdmin(FoldedSearchMixin):
    list_display = ["name", "country", "industry", "size_band", "audience"]
    list_filter = ["country", "industry", "audience"]
    search_fields = ["name_key", "tpid", "tenants__domain_key"]
    inlines = [TenantInline]
