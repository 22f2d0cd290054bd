from __future__ import annotations

import html
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from models.spelling import fold, words_of
from notifications.guard import HOLDS_CPR, HOLDS_NAME, check, titles_of
from notifications.render import Rendered
from tests.notifications.messages import BECAUSE, FULL, PATHWAYS, renderer

PATHWAY = PATHWAYS["immigrant_track"]
KNOWN = (*titles_of(PATHWAY), "Viby-Højbjerg")
CLEAN = renderer().render("immigrant_track", "start_position", replace(FULL, payer="Sundhed og Omsorg"), BECAUSE)

PLACES = {
    "the subject": lambda words: replace(CLEAN, subject=f"{CLEAN.subject} {words}"),
    "the text": lambda words: replace(CLEAN, text=CLEAN.text.replace("--\n", f"{words}\n--\n")),
    "the html": lambda words: replace(CLEAN, html=CLEAN.html.replace("<h2>", f"<p>{html.escape(words)}</p><h2>", 1)),
    "a link": lambda words: replace(CLEAN, html=CLEAN.html.replace("?a=1", f"?a={quote(words)}")),
}
places = pytest.mark.parametrize("place", PLACES)

part_of_a_name = st.text("abcdefghijklmnopqrstuvwxyzæøåäöüéèçñşłıđżć", min_size=3, max_size=12).map(str.title)
names_of_two_parts = st.tuples(part_of_a_name, part_of_a_name)


def test_a_message_goes_out_when_it_holds_neither() -> None:
    assert check(CLEAN, ["Olena Kovalenko"], KNOWN) is None


@places
@pytest.mark.parametrize("number", ["140983-2939", "1409832939", "140983 2939", "740983-2939", "140983\u20112939"])
def test_it_stays_here_when_it_holds_a_cpr_number(place: str, number: str) -> None:
    assert check(PLACES[place](number), [], KNOWN) == HOLDS_CPR


@places
@pytest.mark.parametrize("way", ["{0} {1} {2} {3}", "{0}-{1}-{2}-{3}", "{0}.{1}.{2}-{3}", "{0}/{1}/{2} {3}"])
def test_it_stays_here_when_the_number_is_written_as_a_date_with_more_behind_it(place: str, way: str) -> None:
    assert check(PLACES[place](way.format("14", "09", "83", "2939")), [], KNOWN) == HOLDS_CPR


@places
@pytest.mark.parametrize(
    "number",
    [
        "140983, 2939",
        "140983 (2939)",
        "140983:2939",
        "140983\u00b72939",
        "140983_2939",
        "14 09 83 29 39",
        "14  09\u00a083  29 39",
        "\u0661\u0664\u0660\u0669\u0668\u0663-\u0662\u0669\u0663\u0669",
        "\u09674\u0966983 \u2082\u2089\u2083\u2089",
    ],
)
def test_it_stays_here_when_the_number_is_written_as_no_form_asks_for_it(place: str, number: str) -> None:
    assert check(PLACES[place](number), [], KNOWN) == HOLDS_CPR


@places
@pytest.mark.parametrize(
    "number",
    ["140983    2939", "140983 \u00a0\u00a0 -\u00a0\u00a0 2939", "140983\u200b2939", "14\u00ad0983\u2063-2939"],
)
def test_it_stays_here_when_a_number_is_drawn_out_or_split_unseen(place: str, number: str) -> None:
    assert check(PLACES[place](number), [], KNOWN) == HOLDS_CPR


@pytest.mark.parametrize(
    "markup",
    [
        "<b>140983</b>-<b>2939</b>",
        "140983<b>-2939</b>",
        "14<b>09</b>83-2939",
        "140983<!-- x -->2939",
        "140983<!-- a > b, <i>c</i> -->2939",
        "140983<!--\n-->-2939",
        "140983<br>2939",
        "140983<br>\n2939",
        "14-09-83<br>2939",
        "<td>140983</td>\n\n    <td>2939</td>",
        "140983\n2939",
        "140983-\n2939",
        "140983,<br>\n2939",
        "(140983)\n(2939)",
        "<b>14</b> 09 83 29 39",
        "<p>Kandidat 140983\r\n\r\n\r\n\r\n-\r\n  2939, ring i dag</p>",
        "140983\n<b>\n2939\n</b>",
        "140983&nbsp;&nbsp;&nbsp;&nbsp;&nbsp;2939",
        "140983&shy;2939",
        "140983&zwnj;&#8203;-&#x2060;2939",
        "<!--[if mso]>14<b>09</b>83-2939<![endif]-->",
        '<img alt="140983-2939">',
    ],
)
def test_it_stays_here_when_the_html_splits_a_cpr_number(markup: str) -> None:
    assert _of_markup(markup) == HOLDS_CPR


def test_it_stays_here_when_a_number_goes_over_a_line_of_the_text() -> None:
    assert check(replace(CLEAN, text=f"{CLEAN.text}\nKandidat 140983-\n2939\n"), [], KNOWN) == HOLDS_CPR


@pytest.mark.parametrize(
    "markup",
    [
        "<p>Ring på 20 11 12 10<br>\n8000 Aarhus C</p>",
        "<p>87 00 00 00</p>\n<p>1234</p>",
        "<p>Den 1. oktober 2026\n1200 pladser</p>",
        "<p>01.10.2026<br>\n8000 Aarhus C</p>",
        "<td>2026-10-01</td>\n<td>1234</td>",
        "<td>140983</td>\n<td>Trin</td>\n<td>2939</td>",
        "<p>14.983, 2.939 kr.</p>",
        "<p>Ring på 20 11 12 10<br>\n14 dage før</p>",
        "<p>Den 01.10.26, 1200 pladser</p>",
        "<p>Sag 27.03.00-A00-5-19</p>",
        "<p>1409<br>\n12345678</p>",
        '<p style="margin: 14px 09px 83px; width: 2939px">Nyt</p>',
    ],
)
def test_it_goes_out_when_the_html_only_holds_other_numbers(markup: str) -> None:
    assert _of_markup(markup) is None


NOTHING_TO_SEE = ["", "<b>", "</b>", "&shy;", "&#8203;", "<!-- x -->", "<!--\n-->"]
BLANKS = [" ", "\n", "<b>\n", "\n</b>\n\n", "&nbsp;", "&nbsp; &nbsp; &nbsp;", " <br>\n"]


@given(
    st.tuples(*[st.sampled_from(NOTHING_TO_SEE)] * 3), st.sampled_from([*NOTHING_TO_SEE, *BLANKS, "-", "\n-", "<br>"])
)
def test_it_stays_here_wherever_the_html_splits_six_digits_and_four(within: tuple[str, ...], end: str) -> None:
    assert _of_markup(f"14{within[0]}0{within[1]}98{within[2]}3{end}2939") == HOLDS_CPR


@given(st.tuples(*[st.sampled_from(BLANKS)] * 2), st.sampled_from([*BLANKS, "-", "\n-"]))
def test_it_stays_here_wherever_the_html_breaks_a_number_that_is_written_as_a_date(
    within: tuple[str, ...], end: str
) -> None:
    assert _of_markup(f"14{within[0]}09{within[1]}83{end}2939") == HOLDS_CPR


def _of_markup(markup: str) -> str | None:
    """What is found in a message with this in its HTML."""
    return check(replace(CLEAN, html=CLEAN.html.replace("<h2>", f"<p>{markup}</p><h2>", 1)), [], KNOWN)


def test_a_cpr_number_is_what_is_named_when_both_are_there() -> None:
    assert check(PLACES["the text"]("Olena 140983-2939"), ["Olena Kovalenko"]) == HOLDS_CPR


@places
@pytest.mark.parametrize(
    "words",
    [
        "Olena Kovalenko-Ågård",
        "OLENA KOVALENKO ÅGÅRD",
        "Ågård, Olena",
        "Olena",
        "olenas",
        "kovalenko",
        "Aagaard",
        "agard",
        "Ole\u00adna",
    ],
)
def test_it_stays_here_when_it_holds_the_name_or_a_part_of_it(place: str, words: str) -> None:
    assert check(PLACES[place](words), ["Olena Kovalenko-Ågård"], KNOWN) == HOLDS_NAME


@places
@given(name=names_of_two_parts, upper=st.booleans())
def test_it_stays_here_whatever_the_name_is_when_any_part_of_it_is_there(
    place: str, name: tuple[str, str], upper: bool
) -> None:
    ours = CLEAN.own_words | words_of(*KNOWN)
    first, last = name
    assume(fold(last) not in ours)
    words = last.upper() if upper else last
    assert check(PLACES[place](words), [f"{first} {last}"], KNOWN) == HOLDS_NAME


@given(name=names_of_two_parts)
def test_the_full_name_stops_it_when_each_part_alone_would_not(name: tuple[str, str]) -> None:
    excused = replace(CLEAN, own_words=CLEAN.own_words | words_of(*name))
    words = re.sub(r"[\W\d_]+", " ", fold(CLEAN.text + CLEAN.html))  # »html« stands before »<html«
    assume(all(fold(" ".join(order)) not in words for order in (name, name[::-1])))
    assert check(excused, [" ".join(name)], KNOWN) is None
    for said in (" ".join(name), " ".join(name[::-1]), ", ".join(name[::-1])):
        named = replace(excused, text=f"{excused.text}\n{said}")
        assert check(named, [" ".join(name)], KNOWN) == HOLDS_NAME


@pytest.mark.parametrize(
    "markup",
    [
        "Olena<br>Kovalenko",
        "<td>Olena</td>\n<td>Kovalenko</td>",
        "<b>Ole</b>na <i>Kovalenko</i>",
        "Olena&nbsp;Kova<!-- x -->lenko",
        "Ole&#x2063;na&#x202c; Kovalenko",
        '<img alt="Olena Kovalenko">',
    ],
)
def test_the_full_name_stops_it_when_the_html_splits_it(markup: str) -> None:
    excused = replace(CLEAN, own_words=CLEAN.own_words | words_of("Olena Kovalenko"))
    split = replace(excused, html=CLEAN.html.replace("<h2>", f"<p>{markup}\n</p><h2>", 1))
    assert check(excused, ["Olena Kovalenko"], KNOWN) is None
    assert check(split, ["Olena Kovalenko"], KNOWN) == HOLDS_NAME


@pytest.mark.parametrize("name", ["An Li", "Bo Ng"])
def test_a_short_name_stops_it_when_it_is_whole_and_not_when_a_part_is_there(name: str) -> None:
    assert check(PLACES["the text"](name), [name], KNOWN) == HOLDS_NAME
    assert check(PLACES["the text"](name.split()[0]), [name], KNOWN) is None


@pytest.mark.parametrize("name", ["August Syd", "Dansk Viby", "Højbjerg Uddannelse", "Maj Koordinator", "Van Trin"])
def test_it_goes_out_when_a_part_of_the_name_is_a_word_that_the_message_has_anyway(name: str) -> None:
    assert check(CLEAN, [name], KNOWN) is None


@pytest.mark.parametrize("name", ["Ena Lund", "Ole Nors", "Uddan Nelse"])
def test_it_goes_out_when_the_name_is_only_inside_longer_words(name: str) -> None:
    assert check(PLACES["the text"]("Olena lunden norskundervisning"), [name], KNOWN) is None


def test_a_name_in_a_title_does_not_excuse_itself_when_the_title_is_not_known() -> None:
    smuggled = renderer().render("immigrant_track", "moved", replace(FULL, stage_title="Olenas praktik"), BECAUSE)
    assert check(smuggled, ["Olena Kovalenko"], KNOWN) == HOLDS_NAME


def test_every_candidate_is_looked_for_when_a_message_tells_of_many() -> None:
    names = ["Fatima Yılmaz", "Yusuf Wójcik", "Olena Kovalenko"]
    assert check(PLACES["the text"]("Wojcik"), names, KNOWN) == HOLDS_NAME


def test_nothing_is_found_when_a_candidate_has_no_letters_in_the_name() -> None:
    assert check(CLEAN, ["", "?", "1 2"], KNOWN) is None


def test_a_message_without_own_words_is_held_to_the_letter_when_it_was_not_rendered_here() -> None:
    assert check(Rendered("Emne", "Trin", "<p>Trin</p>"), ["Trin Nguyen"]) == HOLDS_NAME


def test_titles_of_a_pathway_hold_all_that_it_brings_when_messages_quote_it() -> None:
    titles = titles_of(PATHWAY)
    assert {"Projekt målrettet immigranter", "Visitation", "Frafald", "Danskforløb bestået"} <= set(titles)
    assert {"Jobcenter Aarhus", "dansk én dag om ugen", "Begynd praktik", "Barsel"} <= set(titles)
