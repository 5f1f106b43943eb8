"""The history as evidence: chained events, signed heads, what verifies them and what is handed out."""
