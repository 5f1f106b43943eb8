"""Lists of a tenant's products in the forms that people have: recognised, read into products, sorted by an edition."""
