from tortoise import migrations
from tortoise.migrations import operations as ops

# What was merged into an inquiry is found without reading the table.
INDEXES = {
    "idx_inquiry_merged": '"inquiry" ("merged_into_id", "id") WHERE "merged_into_id" IS NOT NULL',
}


class Migration(migrations.Migration):
    dependencies = [('inquiries', '0009_attach')]

    initial = False

    operations = [
        ops.RunSQL(f'CREATE INDEX IF NOT EXISTS "{name}" ON {what}', reverse_sql=f'DROP INDEX IF EXISTS "{name}"')
        for name, what in INDEXES.items()
    ]
