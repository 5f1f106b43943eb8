"""Django admin of the service description, its governance, and customers."""

from . import customers, editions, governance, rows

__all__ = ["customers", "editions", "governance", "rows"]
