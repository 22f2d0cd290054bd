"""Administration and the audit log: who may come in, and what is kept of who looked at whom."""

from __future__ import annotations

from sqlalchemy import text

from models.staff import Role
from tests.municipality import OFFICER, SYD, VIBY
from tests.web.site import PASSWORD, Site

NEW = {"email": "Ny@Example.org", "name": "Nana Ny", "role": "coordinator", "area": "Syd", "password": PASSWORD}


def test_somebody_who_was_made_on_the_page_signs_in_and_sees_their_area(site: Site) -> None:
    site.town.enrols("Olena Kovalenko")
    site.town.enrols("Iryna Bondar", area="Syd", coordinator=SYD)
    administrator = site.signed_in(Role.ADMINISTRATOR)
    assert administrator.posts("/administration/gem", **NEW).headers["location"] == "/administration?gjort=gemt"
    nana = site.visitor()
    assert nana.signs_in("ny@example.org").status_code == 303
    shown = nana.gets("/forloeb/immigrant_track").text
    assert ("Iryna" in shown, "Olena" in shown) == (True, False)


def test_access_is_lost_at_once_when_somebody_is_taken_out_or_signed_out(site: Site) -> None:
    karen, administrator = site.signed_in(), site.signed_in(Role.ADMINISTRATOR)
    administrator.posts("/administration/log-af", email=VIBY)
    assert not karen.is_in()
    karen = site.signed_in()
    administrator.posts("/administration/tag-ud", email=VIBY)
    assert not karen.is_in()
    assert karen.signs_in(VIBY).status_code == 401
    assert "taget ud" in administrator.gets("/administration").text


def test_it_is_said_and_nothing_changed_when_a_form_is_wrong(site: Site) -> None:
    administrator = site.signed_in(Role.ADMINISTRATOR)
    for wrong, said in (
        ({"email": "nobody"}, "E-mailadressen er ikke gyldig"),
        ({"role": "king"}, "Rollen findes ikke"),
        ({"area": "Vest"}, "Værtsområdet findes ikke"),
        ({"password": "kort"}, "mindst 12 tegn"),
    ):
        answer = administrator.posts("/administration/gem", **NEW | wrong)
        assert answer.status_code == 422
        assert said in answer.text
        assert "Nana Ny" in answer.text
        assert "ny@example.org" not in administrator.gets("/administration").text.lower()
    oneself = administrator.posts("/administration/tag-ud", email="admin@example.org")
    assert oneself.status_code == 422


def test_every_look_can_be_found_when_the_data_protection_officer_searches(site: Site) -> None:
    olena = site.town.enrols()
    site.signed_in().gets(f"/sag/{olena.reference}")
    site.visitor().signs_in(OFFICER, "en anden adgangskode, som er forkert")
    dpo = site.signed_in(Role.DATA_PROTECTION_OFFICER)
    found = dpo.gets(f"/revision?soeg={olena.reference}").text
    assert "så sagen" in found
    assert "egen sag" in found
    assert "Olena" not in found
    assert "blev afvist ved login" in dpo.gets(f"/revision?soeg={OFFICER}").text
    assert "Ingen rækker passer" in dpo.gets("/revision?soeg=ingenting").text


def test_the_log_says_so_when_somebody_has_tampered_with_it(site: Site) -> None:
    dpo = site.signed_in(Role.DATA_PROTECTION_OFFICER)
    assert "Kæden er hel" in dpo.gets("/revision?kontrol=ja").text
    with site.town.database.write() as session:
        session.connection().execute(text("DROP TRIGGER audit_no_update"))
        session.connection().execute(text("UPDATE audit SET subject = 'someone' WHERE id = 1"))
    assert "Kæden er brudt ved række 1" in dpo.gets("/revision?kontrol=ja").text
