"""Everything that knows SQL: schema, migrations, transactions, live updates; one schema for SQLite and PostgreSQL."""
