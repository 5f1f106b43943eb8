"""Measure what is promised about speed: each figure beside its control, in one run, in a database of its own."""
