"""Microsoft's usage reports: their tables as people have them, what each counts, and what a figure suggests."""
