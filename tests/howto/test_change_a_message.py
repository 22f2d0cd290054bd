"""`docs/howto/change-a-message.md`: its example can be used, and it names everything that a message can say."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from docs.draw import ROOT
from flows.wording import renderer_of
from notifications.render import MessageContext
from tests.howto.following import blocks
from tests.notifications.messages import BECAUSE, FULL

PAGE = (ROOT / "docs" / "howto" / "change-a-message.md").read_text(encoding="utf-8")


def test_the_example_can_be_used_when_its_files_are_written(tmp_path: Path) -> None:
    written = {block.of: block.content for block in blocks(PAGE) if block.language == "jinja"}
    assert len(written) == 3
    for name, content in written.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    words = renderer_of(tmp_path)
    rendered = words.render("immigrant_track", "start_amu", FULL, BECAUSE)
    assert "Ring til skolen på 87 00 00 00" in rendered.text
    assert "Trinnet skal være afsluttet den 1. maj 2028." in rendered.text
    assert 'href="tel:+4587000000"' in rendered.html
    moved = words.render("ped_assistant_track", "moved", FULL, BECAUSE)
    assert moved.subject == "IM-0042: Flyttet til Tidsbegrænset uddannelsesstilling"


def test_everything_that_a_message_can_say_is_named_when_somebody_writes_one() -> None:
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", PAGE, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    assert sorted(named) == sorted([*(field.name for field in fields(MessageContext)), "because"])


def test_every_block_that_is_named_is_one_of_the_frame_when_somebody_fills_it() -> None:
    named = PAGE[PAGE.index("The blocks of the frame") : PAGE.index("The templates are [Jinja]")]
    frame = (ROOT / "notifications" / "templates" / "_base" / "base.html").read_text(encoding="utf-8")
    assert set(re.findall(r"`([a-z]+)`", named)) == set(re.findall(r"block (\w+)", frame))
