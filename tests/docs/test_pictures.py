"""docs/pages.md shows every page of the menu, at both sizes, in pictures that there are and that are all used."""

from __future__ import annotations

import re

from docs.draw import ROOT
from tests.web.test_pictures import FOLDER, PICTURES
from web.render import MENU

_PAGE = (ROOT / "docs" / "pages.md").read_text(encoding="utf-8")
_SHOWN = re.findall(r"!\[[^\]]+\]\(screenshots/([\w-]+)\.webp\)", _PAGE)


def test_every_page_of_the_menu_is_shown_when_somebody_reads_about_them() -> None:
    headings = re.findall(r"^## (.+)$", _PAGE, re.MULTILINE)
    assert {title for title, _, _ in MENU} <= set(headings)
    for part in _PAGE.split("\n## ")[1:]:
        assert "-1440.webp" in part, part.partition("\n")[0]
        assert "-390.webp" in part, part.partition("\n")[0]


def test_every_picture_is_there_and_is_shown_when_it_is_taken() -> None:
    taken = {f"{picture.name}-{width}" for picture in PICTURES for width in (1440, 390)}
    assert set(_SHOWN) == taken
    assert {file.stem for file in FOLDER.glob("*.webp")} == taken
    assert sum(file.stat().st_size for file in FOLDER.glob("*.webp")) < 2_500_000
