from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

from inquiries import name_keys


async def compare_bytes(apps, editor):
    """What begins alike lies together only where keys are compared byte by byte; SQLite does so anyway."""
    if editor.client.capabilities.dialect == "postgres":
        await editor.client.execute_script('ALTER TABLE "name_key" ALTER COLUMN "key" TYPE VARCHAR(40) COLLATE "C"')


async def write_keys(apps, editor):
    """Keys of the names that are already there."""
    mark = ("$1", "$2") if editor.client.capabilities.dialect == "postgres" else ("?", "?")
    people = await editor.client.execute_query_dict(
        """SELECT "id", "name", "call_name" FROM "person" WHERE "name" <> '' OR "call_name" <> ''"""
    )
    rows = [(row["id"], key) for row in people for key in sorted(name_keys.keys(row["name"], row["call_name"]))]
    if rows:
        await editor.client.execute_many(f'INSERT INTO "name_key" ("person_id", "key") VALUES ({mark[0]}, {mark[1]})', rows)


async def nothing(apps, editor):
    """The table goes as a whole."""


# In the words the queries use, for SQLite compares words. Each view of the inbox in its order, what belongs to a person or an inquiry, and an address in any case.
INDEXES = {
    "idx_inquiry_person": '"inquiry" ("person_id", "id")',
    "idx_inquiry_promised": '"inquiry" ("promised_on", "waiting_since", "id", "void", "assigned_id") WHERE NOT "waiting_since" IS NULL',
    "idx_inquiry_answered": '"inquiry" ("answered_at", "id", "void") WHERE "waiting_since" IS NULL AND "closed_at" IS NULL',
    "idx_inquiry_closed": '"inquiry" ("closed_at", "id", "void") WHERE NOT "closed_at" IS NULL',
    "idx_contact_inquiry": '"contact" ("inquiry_id", "at")',
    "idx_address_value": '"address" ("value")',
    "idx_address_lowered": '"address" (LOWER("value"))',
}


class Migration(migrations.Migration):
    dependencies = [('inquiries', '0006_partners'), ('office', '0002_calendar')]

    initial = False

    operations = [
        ops.CreateModel(
            name='NameKey',
            fields=[
                ('id', fields.BigIntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('inquiries.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='name_keys', on_delete=OnDelete.CASCADE)),
                ('key', fields.CharField(max_length=40)),
            ],
            options={'table': 'name_key', 'app': 'inquiries', 'unique_together': (('person', 'key'),), 'indexes': [Index(fields=['key', 'person_id'])], 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.RunPython(compare_bytes, nothing),
        ops.RunPython(write_keys, nothing),
        *(ops.RunSQL(f'CREATE INDEX IF NOT EXISTS "{name}" ON {what}', reverse_sql=f'DROP INDEX IF EXISTS "{name}"') for name, what in INDEXES.items()),
    ]
