"""What a municipality is told when its own templates cannot be used: the file, the line and the remedy, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.refusal import Refused
from flows.wording import renderer_of
from notifications.made_up import kinds_of
from tests.municipality import Municipality
from tests.notifications.messages import PATHWAYS
from tests.notifications.own import faults_in, put

TEXT = '{% extends "_base/base.txt" %}\n{% block lead %}\n'
HTML = '{% extends "_base/base.html" %}\n{% block lead %}\n'


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("movd__subject_txt", "»movd«: der er ingen besked og intet forløb med det navn; det nærmeste er »moved«,"),
        ("immigrant_trak__moved__subject_txt", "»immigrant_trak«: der er ingen besked og intet forløb med det navn"),
        ("immigrant_track__start_amo__subject_txt", "»immigrant_track/start_amo«: der er ingen besked"),
        (
            "start_amu__subject_txt",
            "»start_amu«: beskeden hører til et forløb. Flyt mappen til immigrant_track/start_",
        ),
        ("moved__emne_txt", "»moved/emne.txt«: den bruges ikke. Her kan være subject.txt, body.txt og body.html."),
        ("_base__body_txt", "»_base/body.txt«: den bruges ikke. Her kan være base.txt og base.html."),
        ("subject_txt", "»subject.txt«: her skal kun være mapper. Læg filen i mappen til den besked"),
    ],
)
def test_a_name_that_means_nothing_is_told_with_the_nearest_when_it_is_in_the_folder(
    tmp_path: Path, file: str, told: str
) -> None:
    [fault] = faults_in(tmp_path, **{file: "{{ reference }}"})
    assert fault.startswith(told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{{ reference", "linje 4: skabelonen kan ikke forstås"),
        ("{{ reference | danish }}", "linje 3: skabelonen kan ikke forstås (No filter named 'danish'"),
        ("Kære {{ navn }}", "linje 3: »navn« er ikke noget, en besked kan sige; det nærmeste er »reason«"),
        ("{{ due_on | danish_date }}", "linje 3: skabelonen kan ikke skrives ud (AttributeError"),
        ("{{ payer }}", "linje 3: her skrives en værdi, som ingen kan læse (NoneType), i et forløb uden betaler"),
        ("{{ on }}", "linje 3: her skrives en værdi, som ingen kan læse (date). Sæt"),
        ("{{ awaits }}", "linje 3: her skrives en værdi, som ingen kan læse (tuple). Sæt"),
        ("{{ ''.__class__ }}", "linje 3: her bruges noget, som en skabelon ikke må"),
        ('{% include "_base/fod.txt" %}', "linje 3: skabelonen »_base/fod.txt« findes ikke"),
        ("{% for n in range(9) %}{% endfor %}", "linje 3: »range« er ikke noget, en besked kan sige"),
        ("{% if days_late > 400 %}{{ dayslate }}{% endif %}", "linje 3: »dayslate« er ikke noget, en besked kan sige"),
        ("{% if days_late > 400 %}{{ on | dansk_dato }}{% endif %}", "linje 3: filteret »dansk_dato« findes ikke; det"),
        ("{% if days_late > 400 and on is sent %}x{% endif %}", "linje 3: testen »sent« findes ikke; det nærmeste er"),
        ("Ring om 140983-2939", "linje 3: her står noget, der ligner et CPR-nummer. Tag det ud."),
    ],
)
def test_the_line_is_told_when_a_template_cannot_be_used(tmp_path: Path, text: str, told: str) -> None:
    [fault] = faults_in(tmp_path, moved__body_txt=f"{TEXT}{text}\n{{% endblock %}}\n")
    assert fault.startswith(f"»moved/body.txt«, {told}")


@pytest.mark.parametrize(
    ("file", "text", "line"),
    [
        ("moved__body_html", f"{HTML}<p>Kandidat\n140983\n\n-2939</p>\n{{% endblock %}}", 4),
        ("moved__body_html", f"{HTML}<p>Ring <b>14</b>09<!-- x -->83-2939</p>\n{{% endblock %}}", 3),
        ("moved__body_html", f"{HTML}<p>Ring 14&nbsp;09&nbsp;83<br>\n2939</p>\n{{% endblock %}}", 3),
        ("moved__body_txt", f"{TEXT}Nyt\r\nKandidat 140983-\r\n2939\r\n{{% endblock %}}", 4),
        ("moved__subject_txt", "Nyt om 14.09.83/2939", 1),
    ],
)
def test_the_line_on_which_a_number_begins_is_told_when_it_is_split(
    tmp_path: Path, file: str, text: str, line: int
) -> None:
    [fault] = faults_in(tmp_path, **{file: text})
    assert fault.endswith(f"«, linje {line}: her står noget, der ligner et CPR-nummer. Tag det ud.")


@pytest.mark.parametrize(
    ("file", "text", "lines"),
    [
        ("moved__subject_txt", "{{ reference }}: Spørg Søren Aagaard", [1]),
        (
            "moved__body_txt",
            f"{TEXT}Spørg Søren\nAagaard.\nSØREN AAGAARD.\n\nSøren Ågårds mor.\n{{% endblock %}}",
            [3, 5, 7],
        ),
        (
            "moved__body_txt",
            f'{TEXT}{{% if reference == "IM-0042" %}}\nSøren Aagaard{{% endif %}}{{% endblock %}}',
            [4],
        ),
        ("moved__body_txt", f'{TEXT}{{# Se\nnu #}}{{{{ "Søren Aagaard" }}}}{{% endblock %}}', [4]),
        ("moved__body_html", f"{HTML}S&oslash;ren<br>\n<b>Aa</b>gaard\n{{% endblock %}}", [3]),
        (
            "moved__body_html",
            f"{HTML}\n{{%- if area %}}\n<p>S\u00f8\u00adren&nbsp;&Aring;g&aring;rd</p>{{% endif %}}{{% endblock %}}",
            [5],
        ),
        ("_base__base_txt", "{% block lead %}{% endblock %}\nSøren Aagaard\n{{ link }}\n{{ because }}", [2]),
        ("moved__body_txt", f"{TEXT}Aagaard, Søren\n\nÅGÅRD SØREN{{% endblock %}}", [3, 5]),
        ("moved__body_txt", f"{TEXT}Bundgård Lund, Else Marie\n\nLund, Else Marie Bundgård{{% endblock %}}", [3, 5]),
    ],
)
def test_the_line_is_told_and_not_the_name_when_a_template_names_a_candidate(
    tmp_path: Path, town: Municipality, file: str, text: str, lines: list[int]
) -> None:
    town.enrols("Søren Aagaard")
    town.enrols("Else Marie Bundgård Lund")
    put(tmp_path, **{file: text})
    renderer_of(tmp_path)  # which nobody is named in, as far as anybody knows without the database
    told = faults_in(tmp_path, town.database)
    assert [fault.partition("«, linje ")[2] for fault in told] == [
        f"{line}: her står en kandidats fulde navn. Tag det ud." for line in lines
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Spørg Søren, eller ring til Aagaard.",  # each by itself: anybody may be called so
        "Spørg Søren Aagaardsen.",
        "{% if area %}{% else %}Lund{% endif %}",  # jinja's Else
        "Spørg Karen Viby.",  # a coordinator
        "Intet.",
    ],
)
def test_nobody_is_told_of_when_no_candidate_is_named(tmp_path: Path, town: Municipality, text: str) -> None:
    for name in ("Søren Aagaard", "Else Lund", "Karen Viby", "Nyt"):
        town.enrols(name)
    put(tmp_path, moved__body_txt=f"{TEXT}Nyt. {text}{{% endblock %}}")
    renderer_of(tmp_path, town.database)


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ("<script>alert(1)</script>", "»<script>« virker ikke i en mail. Tag det ud."),
        ('<img src="https://example.org/logo.png" alt="Logo">', "»src« henter noget udefra."),
        ('<img src="//example.org/logo.png" alt="Logo">', "»src« henter noget udefra."),
        ('<link rel="stylesheet">', "»<link>« virker ikke i en mail."),
        ("<style>@import 'https://example.org/a.css';</style>", "stilen henter noget udefra."),
        ('<p style="background: url(https://example.org/a.png)">Nyt</p>', "stilen henter noget udefra."),
        ('<p style="background: u\\72l(https://example.org/a.png)">Nyt</p>', "stilen henter noget udefra."),
        ('<p style="background: \\000075 \\rl(https://example.org/a.png)">Nyt</p>', "stilen henter noget udefra."),
        ("<style>p { background: ur\\6C  (//example.org/a.png) }</style>", "stilen henter noget udefra."),
        ("<style>@\\69mport '//example.org/a.css';</style>", "stilen henter noget udefra."),
        ('<p style="background: ur/**/l(https://example.org/a.png)">Nyt</p>', "stilen henter noget udefra."),
        ('<table background="https://example.org/a.png"></table>', "»background« henter noget udefra."),
        ('<p onclick="alert(1)">Nyt</p>', "»onclick« er script, og det kører ikke i en mail."),
        ('<a href="javascript:alert(1)">Nyt</a>', "et link skal være en hel adresse"),
        ('<a href="/sag/IM-0042">Nyt</a>', "et link skal være en hel adresse"),
        ('<meta http-equiv="refresh" content="0; url=https://example.org">', "en mail må ikke sende læseren videre"),
        ("<iframe></iframe>", "»<iframe>« virker ikke i en mail."),
        ('<svg><image xlink:href="https://example.org/a.png"></image></svg>', "»xlink:href« henter noget udefra."),
    ],
)
def test_what_runs_or_is_fetched_is_told_when_it_is_in_the_html(tmp_path: Path, markup: str, told: str) -> None:
    [fault] = faults_in(tmp_path, moved__body_html=f"{HTML}{markup}\n{{% endblock %}}\n")
    assert fault.startswith(f"»moved/body.html«, linje 3: {told}")


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="https://intra.example.org/vejledning">Vejledning</a>',
        '<a href="mailto:jobcenter@example.org">Skriv</a> <a href="tel:+4587654321">Ring</a>',
        '<img src="data:image/png;base64,iVBORw0KGgo=" alt="">',
        '<p style="color: #16282b">Nyt</p>',
        "<style>p::before { content: '\\2014 \\a' } /* url(https://example.org/) */</style>",
    ],
)
def test_nothing_is_told_when_the_html_is_harmless(tmp_path: Path, markup: str) -> None:
    put(tmp_path, moved__body_html=f"{HTML}{markup}\n{{% endblock %}}\n")
    renderer_of(tmp_path)


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("moved__subject_txt", "{# Intet #}", "»moved/subject.txt«: emnet er tomt. Skriv noget"),
        ("moved__subject_txt", "Nyt " * 40, "»moved/subject.txt«: emnet er på mere end 120 tegn. Gør det"),
        (
            "moved__subject_txt",
            "{% if area %}Nyt{% endif %}",
            "»moved/subject.txt«: emnet er tomt, i et forløb uden område (area). Skriv noget",
        ),
        ("moved__body_txt", "  \n", "»moved/body.txt«: teksten er tom. Skriv den"),
        ("moved__body_html", "<body></body>", "»moved/body.html«: mailen er tom"),
        ("moved__body_html", "Nyt", "»moved/body.html«: mailen er tom eller har ingen <body>"),
        ("moved__body_txt", "\ufeffNyt", "»moved/body.txt«, linje 1: filen begynder med et usynligt tegn (BOM)"),
    ],
)
def test_it_is_told_when_there_is_nothing_to_read(tmp_path: Path, file: str, text: str, told: str) -> None:
    [fault] = faults_in(tmp_path, **{file: text})
    assert fault.startswith(told)


FRAMES = Path(__file__).parents[2] / "notifications/templates/_base"
NO_REASON = (
    "her mangler begrundelsen (because), som også siger, om beskeden kan fravælges. Skriv {{ because }} nederst."
)
NO_LINK = "her mangler linket (link) til det, beskeden handler om. Skriv "


@pytest.mark.parametrize(
    ("part", "taken_out", "told"),
    [
        ("base_txt", "{{ because }}", NO_REASON),
        ("base_html", '<p class="because">{{ because }}</p>', NO_REASON),
        ("base_txt", ": {{ link }}", f"{NO_LINK}{{{{ link }}}}."),
        ("base_html", ' href="{{ link }}"', f'{NO_LINK}<a href="{{{{ link }}}}">…</a>.'),
    ],
)
def test_it_is_told_when_their_frame_leaves_out_why_somebody_gets_a_message_or_where_to_look(
    tmp_path: Path, part: str, taken_out: str, told: str
) -> None:
    name = part.replace("_", ".")
    ours = (FRAMES / name).read_text(encoding="utf-8")
    assert taken_out in ours
    [fault] = [
        fault
        for fault in faults_in(tmp_path, **{f"_base__{part}": ours.replace(taken_out, "")})
        if "et link skal være en hel adresse" not in fault
    ]
    assert fault == f"»_base/{name}«: {told}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Nyt.\n\n{{ link }}", NO_REASON),
        ("Nyt.\n\n{{ link }}\n\n{{ because | truncate(9) }}", NO_REASON),
        (f"{TEXT}{{% endblock %}}{{% block action %}}Se efter{{% endblock %}}", f"{NO_LINK}{{{{ link }}}}."),
    ],
)
def test_it_is_told_when_their_body_leaves_it_out(tmp_path: Path, text: str, told: str) -> None:
    [fault] = faults_in(tmp_path, moved__body_txt=text)
    assert fault == f"»moved/body.txt«: {told}"


def test_a_body_that_says_it_in_its_own_place_is_taken(tmp_path: Path) -> None:
    page = '<body><h1>Nyt</h1><p>{{ because }}</p><p><a href="{{ link }}">Se efter</a></p></body>'
    put(tmp_path, moved__body_txt="Nyt: {{ link }}\n{{ because | wordwrap(40) }}", moved__body_html=page)
    renderer_of(tmp_path)


def test_letters_of_another_time_are_told_with_their_line_when_a_file_is_no_utf_8(tmp_path: Path) -> None:
    put(tmp_path, moved__body_txt="")
    (tmp_path / "moved" / "body.txt").write_bytes("Nyt\nom forløbet\n".encode("latin-1"))
    [fault] = faults_in(tmp_path)
    assert fault.startswith("»moved/body.txt«, linje 2: filen er ikke gemt som UTF-8")


def test_every_fault_is_told_once_when_there_are_several(tmp_path: Path) -> None:
    told = faults_in(
        tmp_path,
        movd__subject_txt="Nyt",
        moved__body_txt="{% block %}",
        paused__subject_txt="{{ navn }}",
        _base__base_txt="{{ payer }}{{ link }} {{ because }}",
        immigrant_track__start_amu__body_html=f"{HTML}<p>Nyt</p><script></script>{{% endblock %}}",
    )
    assert [fault.partition("«")[0].removeprefix("»") for fault in told] == [
        "_base/base.txt",
        "immigrant_track/start_amu/body.html",
        "movd",
        "moved/body.txt",
        "paused/subject.txt",
    ]


def test_a_case_of_a_pathway_is_what_it_is_checked_with_when_it_is_for_that_one(tmp_path: Path) -> None:
    """A step's own message always has a step; one that is shared has not."""
    for pathway in PATHWAYS.values():
        for kind in kinds_of(pathway):
            put(tmp_path, **{f"{pathway.key}__{kind}__subject_txt": "{{ reference }}: {{ stage_title }}"})
    renderer_of(tmp_path)


def test_what_begins_with_a_dot_is_let_be_when_it_lies_there(tmp_path: Path) -> None:
    for hidden in (".git", "moved/.body.txt.swp"):
        (tmp_path / hidden).mkdir(parents=True)
    renderer_of(tmp_path)


def test_the_setting_is_named_when_there_is_no_such_folder(tmp_path: Path) -> None:
    for place in (tmp_path / "ingen", tmp_path / "fil"):
        (tmp_path / "fil").touch()
        with pytest.raises(Refused, match=r"findes ikke eller kan ikke læses. Ret SOSU_TEMPLATES_DIR"):
            renderer_of(place)
