"""The office's database: tables, migrations, sessions."""
