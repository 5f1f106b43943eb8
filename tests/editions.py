"""Names of the editions that ship, as tests speak of them."""

AUGUST = "2026-08-18"
NOVEMBER = "2026-11-28"
