"""Loads the program with all its commands, for processes that are forked from the one that did."""

from __future__ import annotations

import gc
from importlib import import_module

from cli.main import MODULES

for module in MODULES:
    import_module(module)
gc.enable()  # `cli.main` goes without until it has loaded the one command that it runs
