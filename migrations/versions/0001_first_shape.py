"""The first shape: people, areas, pathway versions, enrolments and what happened to them, and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_REFUSAL = "transitions are append-only"


def upgrade() -> None:
    op.create_table(
        "candidate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cpr_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("cpr_index", sa.LargeBinary(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("mother_tongue", sa.String(length=200), nullable=True),
        sa.Column("created_by", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_candidate")),
        sa.UniqueConstraint("cpr_index", name=op.f("uq_candidate_cpr_index")),
    )
    op.create_table(
        "command",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("request", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_command")),
    )
    op.create_table(
        "host_area",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("folded_name", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_host_area")),
        sa.UniqueConstraint("folded_name", name=op.f("uq_host_area_folded_name")),
    )
    op.create_table(
        "list_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pathway_key", sa.String(length=63), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("created", sa.Integer(), nullable=False),
        sa.Column("updated", sa.Integer(), nullable=False),
        sa.Column("unchanged", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_import")),
    )
    op.create_table(
        "pathway_version",
        sa.Column("key", sa.String(length=63), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.Column("definition", sa.JSON(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", "version", name=op.f("pk_pathway_version")),
    )
    op.create_table(
        "reference_series",
        sa.Column("prefix", sa.String(length=4), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_reference_series")),
    )
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=30), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("role IN ('coordinator', 'manager', 'jobcenter_officer', 'data_protection_officer', 'administrator')", name="ck_staff_role"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("email", name=op.f("uq_staff_email")),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("candidate_id", sa.Uuid(), nullable=False),
        sa.Column("pathway_key", sa.String(length=63), nullable=False),
        sa.Column("pathway_version", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.Column("coordinator_id", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("list_import_id", sa.Integer(), nullable=True),
        sa.Column("previous_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("stage", sa.String(length=63), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("visit", sa.Integer(), nullable=False),
        sa.Column("held", sa.Text(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("next_due_on", sa.Date(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("status IN ('open', 'paused', 'ended')", name="ck_enrolment_status"),
        sa.ForeignKeyConstraint(["area_id"], ["host_area.id"], name=op.f("fk_enrolment_area_id")),
        sa.ForeignKeyConstraint(["candidate_id"], ["candidate.id"], name=op.f("fk_enrolment_candidate_id")),
        sa.ForeignKeyConstraint(["coordinator_id"], ["staff.id"], name=op.f("fk_enrolment_coordinator_id")),
        sa.ForeignKeyConstraint(
            ["list_import_id"], ["list_import.id"], name=op.f("fk_enrolment_list_import_id")
        ),
        sa.ForeignKeyConstraint(["officer_id"], ["staff.id"], name=op.f("fk_enrolment_officer_id")),
        sa.ForeignKeyConstraint(
            ["pathway_key", "pathway_version"],
            ["pathway_version.key", "pathway_version.version"],
            name="fk_enrolment_pathway_version",
        ),
        sa.ForeignKeyConstraint(["previous_id"], ["enrolment.id"], name=op.f("fk_enrolment_previous_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint("reference", name=op.f("uq_enrolment_reference")),
    )
    op.create_index(op.f("ix_enrolment_candidate_id"), "enrolment", ["candidate_id"], unique=False)
    op.create_index(op.f("ix_enrolment_coordinator_id"), "enrolment", ["coordinator_id"], unique=False)
    op.create_index(
        "ix_enrolment_due", "enrolment", ["pathway_key", "stage", "next_due_on", "id"], unique=False
    )
    op.create_index(op.f("ix_enrolment_list_import_id"), "enrolment", ["list_import_id"], unique=False)
    op.create_index(
        "uq_enrolment_one_open",
        "enrolment",
        ["candidate_id", "pathway_key"],
        unique=True,
        sqlite_where=sa.text("status <> 'ended'"),
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.create_table(
        "staff_area",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("area_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["host_area.id"], name=op.f("fk_staff_area_area_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_area_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "area_id", name=op.f("pk_staff_area")),
    )
    op.create_table(
        "incident",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(length=200), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_incident_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(
        "uq_incident_open",
        "incident",
        ["enrolment_id"],
        unique=True,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=63), nullable=False),
        sa.Column("achieved_on", sa.Date(), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=True),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_by", sa.String(length=254), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_command_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_milestone_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(
        "uq_milestone_holds",
        "milestone",
        ["enrolment_id", "key"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "pause",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=63), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("review_on > from_on", name="ck_pause_review"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_pause_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pause")),
        sa.UniqueConstraint("enrolment_id", "seq", name="uq_pause_seq"),
    )
    op.create_index(
        "uq_pause_open",
        "pause",
        ["enrolment_id"],
        unique=True,
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=12), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("fired_on", sa.Date(), nullable=False),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("rung IN ('before', 'after', 'escalation', 'review', 'forgotten')", name="ck_reminder_rung"),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_reminder_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("enrolment_id", "occurrence", "rung", name="uq_reminder_rung"),
    )
    op.create_table(
        "transition",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=10), nullable=False),
        sa.Column("step", sa.String(length=63), nullable=True),
        sa.Column("from_stage", sa.String(length=63), nullable=True),
        sa.Column("to_stage", sa.String(length=63), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=63), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.Column("coordinator_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("command_id", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "action IN ('enrol', 'assign', 'move', 'advance', 'pause', 'resume', 'drop', 'transfer', 'undo')",
            name="ck_transition_action",
        ),
        sa.ForeignKeyConstraint(["coordinator_id"], ["staff.id"], name=op.f("fk_transition_coordinator_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_transition_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transition")),
        sa.UniqueConstraint("enrolment_id", "seq", name="uq_transition_seq"),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=63), nullable=False),
        sa.Column("audience", sa.String(length=20), nullable=False),
        sa.Column("recipient_id", sa.Integer(), nullable=True),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("list_import_id", sa.Integer(), nullable=True),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=63), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lease", sa.String(length=36), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "audience IN ('coordinator', 'manager', 'jobcenter_officer')", name="ck_message_audience"
        ),
        sa.CheckConstraint("state IN ('queued', 'sent', 'skipped', 'dead')", name="ck_message_state"),
        sa.ForeignKeyConstraint(
            ["enrolment_id", "seq"],
            ["transition.enrolment_id", "transition.seq"],
            name="fk_message_transition",
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_message_enrolment_id")),
        sa.ForeignKeyConstraint(
            ["list_import_id"], ["list_import.id"], name=op.f("fk_message_list_import_id")
        ),
        sa.ForeignKeyConstraint(["recipient_id"], ["staff.id"], name=op.f("fk_message_recipient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("cause", "recipient_id", name="uq_message_cause_recipient"),
    )
    op.create_index("ix_message_enrolment", "message", ["enrolment_id"], unique=False)
    op.create_index(
        "ix_message_waiting",
        "message",
        ["send_after", "id"],
        unique=False,
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.create_table(
        "attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("ok", sa.Boolean(), nullable=False),
        sa.Column("detail", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_attempt_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt")),
        sa.UniqueConstraint("message_id", "number", name="uq_attempt_number"),
    )
    _make_append_only()


def downgrade() -> None:
    _drop_append_only()
    op.drop_table("attempt")
    op.drop_index(
        "ix_message_waiting",
        table_name="message",
        sqlite_where=sa.text("state = 'queued'"),
        postgresql_where=sa.text("state = 'queued'"),
    )
    op.drop_index("ix_message_enrolment", table_name="message")
    op.drop_table("message")
    op.drop_table("transition")
    op.drop_table("reminder")
    op.drop_index(
        "uq_pause_open",
        table_name="pause",
        sqlite_where=sa.text("until_on IS NULL"),
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.drop_table("pause")
    op.drop_index(
        "uq_milestone_holds",
        table_name="milestone",
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.drop_table("milestone")
    op.drop_index(
        "uq_incident_open",
        table_name="incident",
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.drop_table("incident")
    op.drop_table("staff_area")
    op.drop_index(
        "uq_enrolment_one_open",
        table_name="enrolment",
        sqlite_where=sa.text("status <> 'ended'"),
        postgresql_where=sa.text("status <> 'ended'"),
    )
    op.drop_index(op.f("ix_enrolment_list_import_id"), table_name="enrolment")
    op.drop_index("ix_enrolment_due", table_name="enrolment")
    op.drop_index(op.f("ix_enrolment_coordinator_id"), table_name="enrolment")
    op.drop_index(op.f("ix_enrolment_candidate_id"), table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_table("staff")
    op.drop_table("reference_series")
    op.drop_table("pathway_version")
    op.drop_table("list_import")
    op.drop_table("host_area")
    op.drop_table("command")
    op.drop_table("candidate")


def _make_append_only() -> None:
    """History is never edited: the database itself refuses to change or delete a transition."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER transition_no_{verb.lower()} BEFORE {verb} ON transition "
                f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            )
        # INSERT OR REPLACE deletes what is in its way, and no trigger is told of it.
        there = "SELECT 1 FROM transition WHERE"
        op.execute(
            "CREATE TRIGGER transition_no_replace BEFORE INSERT ON transition "
            f"WHEN EXISTS ({there} enrolment_id = NEW.enrolment_id AND seq = NEW.seq) OR EXISTS ({there} id = NEW.id) "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}: one with this id or seq is there'); END"
        )
        return
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER transition_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transition "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def _drop_append_only() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER transition_no_{verb}")
        return
    op.execute("DROP TRIGGER transition_append_only ON transition")
    op.execute("DROP FUNCTION refuse_change()")
