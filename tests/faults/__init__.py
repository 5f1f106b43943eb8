"""Faults while 1,500 partners' declines come in: killed processes, a broker that is gone, a database that stops."""
