"""Own templates that would write without end are refused with their line, and at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifications.sandbox import BIGGEST
from tests.notifications.messages import BECAUSE, FULL
from tests.notifications.own import faults_in, written

TEXT = '{% extends "_base/base.txt" %}\n{% block lead %}\n'
TOO_MUCH = "her skrives mere, end en besked kan rumme. Skriv det kortere."
A_LOT = "{% for a in 'x' * 9999 %}{% for b in 'x' * 9999 %}xx{% endfor %}{% endfor %}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ 'x' * 99999999 }}", f"skabelonen kan ikke forstås (her står et tal over {BIGGEST})."),
        ("{{ 'x' | center(99999999) }}", f"skabelonen kan ikke forstås (her står et tal over {BIGGEST})."),
        ("{{ 'x'.ljust(9_999_999_999) }}", f"skabelonen kan ikke forstås (her står et tal over {BIGGEST})."),
        ("{{ 'x' * 9999 * 9999 }}", TOO_MUCH),
        ("{{ 9999 * 9999 * 'x' }}", TOO_MUCH),
        ("{{ 9 ** 9 ** 9 }}", TOO_MUCH),
        ("{% set long = 'x' * 9999 * 9999 %}", TOO_MUCH),
        (A_LOT, TOO_MUCH),
    ],
)
def test_the_line_is_told_when_a_template_would_write_without_end(tmp_path: Path, text: str, told: str) -> None:
    [fault] = faults_in(tmp_path, moved__body_txt=f"{TEXT}{text}\n{{% endblock %}}\n")
    assert fault.startswith(f"»moved/body.txt«, linje 3: {told}")


def test_what_a_message_needs_is_reckoned_when_it_is_small(tmp_path: Path) -> None:
    sums = "{{ '=' * 60 }} {{ days_late * 24 }} {{ 2 ** 8 }} {{ 10000 // 7 }}"
    rendered = written(tmp_path, moved__body_txt=f"{TEXT}{sums}\n{{% endblock %}}").render(
        "immigrant_track", "moved", FULL, BECAUSE
    )
    assert f"{'=' * 60} 72 256 1428\n" in rendered.text
