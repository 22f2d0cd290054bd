"""Alembic's entry: runs the migrations on the connection that `models.schema` hands over."""

from __future__ import annotations

from alembic import context

from models.all import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter most things in place
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
