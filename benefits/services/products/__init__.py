"""What keeps an edition right about products: Microsoft's table, what tenants have, and what nobody knows."""
