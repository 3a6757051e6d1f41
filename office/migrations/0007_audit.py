from tortoise import migrations
from tortoise.migrations import operations as ops

# What was opened with a reason today is asked for on every page with cases; by action, never by who looked.
INDEXES = {
    "idx_audit_action": '"audit" ("action", "at")',
}


class Migration(migrations.Migration):
    dependencies = [('office', '0006_search')]

    initial = False

    operations = [
        ops.RunSQL(f'CREATE INDEX IF NOT EXISTS "{name}" ON {what}', reverse_sql=f'DROP INDEX IF EXISTS "{name}"')
        for name, what in INDEXES.items()
    ]
