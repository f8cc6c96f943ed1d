"""What Alembic runs for every command: it uses the connection and the tables it is handed, and knows no others."""

from alembic import context

from roulian.store.migrations import VERSION_TABLE

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    version_table=VERSION_TABLE,
    render_as_batch=True,  # SQLite changes most things about a table by copying it
)
context.run_migrations()
