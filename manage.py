#!/usr/bin/env python3
"""The one entry point: ``demo``, ``test``, ``check-all`` and every Django command."""

import sys

from launcher.bootstrap import enter

if __name__ == "__main__":
    enter(sys.argv)
    from launcher.commands import run

    sys.exit(run(sys.argv))
