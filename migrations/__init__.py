"""How the database gets its shape: Alembic, run on SQLite and PostgreSQL."""
