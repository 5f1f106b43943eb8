"""Pages: parse, call a service or one QuerySet, answer."""
