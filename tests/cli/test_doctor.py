from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from cli.doctor import examined
from cli.finding import Finding
from models.keys import Keyring
from models.session import Database
from onboarding.incidents import report
from settings import Settings
from tests.cli.running import Sosu, places
from tests.municipality import VIBY, Municipality
from tests.support import Clock, RefusingPostbox

CHECKS = {
    "database",
    "keys",
    "tracks",
    "messages",
    "channels",
    "operations",
    "templates",
    "disk",
    "time_zone",
    "clock",
    "packages",
    "versions",
    "prefect",
    "openid",
}
WORK = {
    "queue",
    "failing",
    "outages",
    "dead_letters",
    "nobody",
    "trial",
    "coordinators",
    "incidents",
}  # where there is some


def _faults(sosu: Sosu, **settings: str) -> dict[str, Finding]:
    """What is wrong on this machine, without starting the program."""
    return {found.check: found for found in _found(sosu, **settings) if not found.ok}


def _found(sosu: Sosu, **settings: str) -> list[Finding]:
    findings = examined(Settings.model_validate(places(sosu) | settings))
    told = {found.check for found in findings}
    assert told == CHECKS | (told & WORK)
    assert told & WORK in (WORK, set())
    return findings


def _remark(sosu: Sosu) -> str:
    """The one remark that there is, with its remedy; nothing is wrong then."""
    assert _faults(sosu) == {}
    [found] = [found for found in _found(sosu) if found.remark]
    return f"{found.said} {found.remedy}"


def _somebody_is_enrolled(sosu: Sosu) -> None:
    database = Database(f"sqlite:///{sosu.database}")
    town = Municipality(database, Keyring.at(sosu.home / "keys.json"))
    town.enrols()
    town.delivers()
    database.close()


def test_everything_is_in_place_when_it_was_just_set_up(sosu: Sosu) -> None:
    _somebody_is_enrolled(sosu)
    found = sosu("doctor", "--json").json
    assert found["ok"]
    assert {check["check"] for check in found["checks"]} == CHECKS | WORK
    assert not [check for check in found["checks"] if check["remark"]]
    assert "passer til databasen" in {check["check"]: check["said"] for check in found["checks"]}["keys"]


def test_it_is_no_fault_and_nothing_is_made_when_it_was_never_run(fresh: Sosu) -> None:
    assert "Den laves af den første kommando" in fresh("doctor").out
    assert list(fresh.home.glob("sosu*")) == []
    assert not (fresh.home / "keys.json").exists()


def test_the_key_file_is_missed_when_there_are_candidates(sosu: Sosu) -> None:
    _somebody_is_enrolled(sosu)
    (sosu.home / "keys.json").unlink()
    faults = _faults(sosu)
    assert set(faults) == {"keys"}
    assert "SOSU_KEY_FILE" in faults["keys"].remedy


def test_it_is_a_fault_when_the_keys_are_of_another_database(sosu: Sosu) -> None:
    _somebody_is_enrolled(sosu)
    (sosu.home / "keys.json").unlink()
    Keyring.at(sosu.home / "keys.json")
    assert set(_faults(sosu)) == {"keys"}


def test_it_is_a_fault_when_others_can_read_the_keys(sosu: Sosu) -> None:
    _somebody_is_enrolled(sosu)
    (sosu.home / "keys.json").chmod(0o644)
    assert "chmod 600" in _faults(sosu)["keys"].said


def test_it_is_a_fault_with_a_remedy_when_the_database_does_not_answer(fresh: Sosu) -> None:
    faults = _faults(fresh, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    assert set(faults) == {"database", "keys", "tracks"}
    assert "SOSU_DATABASE_URL" in faults["database"].remedy


def test_it_is_a_fault_when_the_database_is_of_another_revision(sosu: Sosu) -> None:
    database = Database(f"sqlite:///{sosu.database}")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    database.close()
    assert "sosu db upgrade" in _faults(sosu)["database"].remedy


def test_it_is_a_fault_when_the_database_has_lost_its_revision(sosu: Sosu) -> None:
    database = Database(f"sqlite:///{sosu.database}")
    with database.write() as session:
        session.connection().exec_driver_sql("DROP TABLE alembic_version")
    database.close()
    assert "sikkerhedskopien" in _faults(sosu)["database"].said


def test_it_is_a_fault_when_the_database_is_damaged(sosu: Sosu) -> None:
    sosu.database.write_text("no database at all")
    fault = _faults(sosu)["database"]
    assert fault.said.endswith("er beskadiget.")
    assert fault.remedy.startswith("Læg sikkerhedskopien tilbage")


def test_it_is_a_fault_when_a_published_pathway_now_says_something_else(sosu: Sosu) -> None:
    database = Database(f"sqlite:///{sosu.database}")
    with database.write() as session:
        session.connection().exec_driver_sql("UPDATE pathway_version SET content_hash = 'another'")
    database.close()
    assert "nyt versionsnummer" in _faults(sosu)["tracks"].said


def test_it_is_a_fault_when_messages_have_nowhere_to_go(fresh: Sosu) -> None:
    a_file = fresh.home / "file"
    a_file.touch()
    assert "SOSU_OUTBOX_DIR" in _faults(fresh, outbox_dir=str(a_file))["messages"].remedy
    assert set(_faults(fresh, mail_url="mailto://")) == {"messages"}


def test_each_fault_is_a_line_with_its_remedy_when_a_person_reads_it(fresh: Sosu) -> None:
    fresh.settings["SOSU_OUTBOX_DIR"] = str(Path("/dev/null/outbox"))
    ran = fresh("doctor", code=1)
    lines = ran.out.splitlines()
    assert len(lines) == len(CHECKS)
    [fault] = [line for line in lines if line.startswith("FEJL ")]
    assert "/dev/null" in fault
    assert "SOSU_OUTBOX_DIR" in fault
    assert ran.err == "Ikke alt er på plads (messages). Hver linje med FEJL siger, hvad der skal gøres.\n"
    assert replace(fresh, forked=True)("doctor", "--json", code=1).err == ran.err


def _worked(sosu: Sosu) -> Municipality:
    return Municipality(Database(f"sqlite:///{sosu.database}"), Keyring.at(sosu.home / "keys.json"))


def _said(sosu: Sosu, prefix: str, code: int = 0) -> str:
    """The one line that begins so."""
    [line] = [line for line in sosu("doctor", code=code).out.splitlines() if line.startswith(prefix)]
    return line


def test_it_is_a_fault_when_nobody_has_sent_messages_for_an_hour(quick: Sosu) -> None:
    town = _worked(quick)  # in its September
    town.enrols()
    line = _said(quick, "FEJL ", code=1)
    assert "1 besked skulle være sendt" in line
    assert "sosu deliver" in line
    quick("deliver")
    assert _faults(quick) == {}


def test_it_is_a_fault_when_an_enrolment_could_not_be_decided(quick: Sosu) -> None:
    town = _worked(quick)
    town.enrols()
    quick("deliver")
    with town.database.write() as session:
        report(session, 1, "KeyError i decide, linje 1", town.signed())
    faults = _faults(quick)
    assert set(faults) == {"incidents"}
    assert "IM-0001" in faults["incidents"].said
    assert "sosu incidents" in faults["incidents"].remedy


def test_a_remark_gives_the_last_answer_when_a_message_failed_again_and_again(quick: Sosu) -> None:
    town = _worked(quick)
    town.enrols()
    town.clock = Clock(date.today())  # noqa: DTZ011  the machine's own, which the program looks at
    for _ in range(3):
        town.delivers(RefusingPostbox())
        town.clock.passes(hours=12)
    line = _remark(quick)
    assert "1 besked er forsøgt 3 gange eller mere" in line
    assert "Postkassen er lukket." in line
    assert "(mail)" in line and "SOSU_MAIL_URL" in line  # noqa: PT018  one sentence


def test_a_remark_tells_of_dead_letters_when_there_are_some(quick: Sosu) -> None:
    town = _worked(quick)
    town.enrols()
    town.delivers(RefusingPostbox(permanent=True))
    line = _said(quick, "OBS ")
    assert "1 besked er opgivet" in line
    assert "sosu messages --dead" in line


def test_a_remark_tells_whom_an_area_lacks_when_a_message_had_nobody_to_go_to(quick: Sosu) -> None:
    quick.json("staff", "remove", "leder.syd@example.org")
    town = _worked(quick)
    syd = town.enrols(area="Syd", coordinator="koordinator.syd@example.org")
    syd.drops_out("moved")
    quick("deliver")
    line = _remark(quick)
    assert "manager (Syd)" in line
    assert "sosu staff add" in line


def test_a_remark_tells_how_many_messages_trial_mode_kept_back(quick: Sosu) -> None:
    _worked(quick).enrols()
    quick.mails("mailto://127.0.0.1:1?from=sosu@example.org", VIBY)  # nobody is asked
    quick("trial", "on")
    assert quick.json("deliver")["skipped"] >= 1
    del quick.settings["SOSU_MAIL_URL"]
    line = _remark(quick)
    assert "Prøvedriften holdt" in line
    assert "sosu trial off" in line


def test_a_remark_tells_of_the_enrolments_of_somebody_who_has_left(quick: Sosu) -> None:
    town = _worked(quick)
    town.enrols(area="Syd", coordinator="koordinator.syd@example.org")
    quick("deliver")
    quick.json("staff", "remove", "koordinator.syd@example.org")
    line = _remark(quick)
    assert "koordinator.syd@example.org (1)" in line
    assert "sosu assign" in line


def test_the_help_says_what_is_a_fault_and_what_a_remark(quick: Sosu) -> None:
    told = " ".join(quick("doctor", "--help").out.split())
    assert "FEJL" in told
    assert "OBS" in told


def test_it_is_a_fault_with_a_remedy_when_work_accounts_cannot_be_used(sosu: Sosu) -> None:
    whole = {
        "oidc_issuer": "http://127.0.0.1:1",
        "oidc_client_id": "sosu",
        "oidc_client_secret": "meget-hemmeligt",
        "oidc_roles": '{"leder": {"role": "manager", "areas": ["Atlantis"]}}',
    }
    assert "»Atlantis«" in _faults(sosu, **whole)["openid"].said
    gone = _faults(sosu, **whole | {"oidc_roles": '{"leder": {"role": "manager"}}'})["openid"]
    assert "ConnectionError" in gone.said
    assert "SOSU_OIDC_ISSUER" in gone.remedy
    assert "SOSU_OIDC_CLIENT_ID" in _faults(sosu, **whole | {"oidc_client_id": ""})["openid"].said


def test_the_page_is_not_served_when_the_settings_of_work_accounts_are_wrong(quick: Sosu) -> None:
    quick.settings["SOSU_OIDC_ISSUER"] = "https://login.microsoftonline.com/common/v2.0"
    refused = quick("serve", code=1)
    assert "skal nævne jeres lejer" in refused.err
    assert "SOSU_OIDC_CLIENT_SECRET mangler" in refused.err


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ("drift@example.org", "mail drift@kommune.dk"),
        ("sms 20123456", "en kanal, der er sat op (mail, teams, ntfy)"),
        ("mail", "Skriv én adresse"),
        ("ntfy ntfy://hemmelig:kode@ntfy.example.org/drift", "ntfys"),
    ],
)
def test_it_is_a_fault_with_the_remedy_when_operations_could_not_be_told(fresh: Sosu, wrong: str, remedy: str) -> None:
    faults = _faults(fresh, operations=wrong)
    assert set(faults) == {"operations"}
    assert "Driften får ikke besked" in faults["operations"].said
    assert "SOSU_OPERATIONS" in faults["operations"].remedy
    assert remedy in faults["operations"].remedy
    assert "drift@example.org" not in str(faults)
    assert "hemmelig" not in str(faults)


def test_it_says_who_hears_of_an_outage_and_by_what(fresh: Sosu) -> None:
    said = {found.check: found.said for found in _found(fresh, operations="mail drift@example.org")}["operations"]
    assert said == "Driften får besked med mail, hvis en anden kanal holder op med at virke."
    assert "Sæt SOSU_OPERATIONS" in {found.check: found.said for found in _found(fresh)}["operations"]
