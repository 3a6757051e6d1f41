from tortoise import migrations
from tortoise.migrations import operations as ops

# Who looked at one thing is found without reading the table.
INDEXES = {
    "idx_audit_subject": '"audit" ("subject", "id")',
}


class Migration(migrations.Migration):
    dependencies = [('office', '0005_threads')]

    initial = False

    operations = [
        ops.RunSQL(f'CREATE INDEX IF NOT EXISTS "{name}" ON {what}', reverse_sql=f'DROP INDEX IF EXISTS "{name}"')
        for name, what in INDEXES.items()
    ]
