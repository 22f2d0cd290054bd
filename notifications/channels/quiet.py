"""Apprise without its log: what it says of an address it could not read, or could not send to, is the address."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from threading import get_ident

#: Apprise's own, and that of the library by which it calls, which tells of what stands behind the host.
_TELLTALES = "apprise", "urllib3.connectionpool"


@contextmanager
def quiet() -> Iterator[None]:
    """Within it, this thread says nothing in those logs; others do as before."""
    here = get_ident()

    def is_of_another(record: logging.LogRecord) -> bool:
        return record.thread != here

    loggers = [logging.getLogger(name) for name in _TELLTALES]
    for logger in loggers:
        logger.addFilter(is_of_another)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(is_of_another)
