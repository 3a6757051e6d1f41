from tortoise import migrations
from tortoise.migrations import operations as ops

# What came in and went out about an inquiry, an appointment or an address is found without reading the table.
INDEXES = {
    "idx_message_inquiry": '"message" ("inquiry_id")',
    "idx_message_appointment": '"message" ("appointment_id")',
    "idx_message_writing": '"message" ("writing_id")',
    "idx_message_address": '"message" ("address_id")',
    "idx_message_incoming": '"message" ("incoming_id")',
    "idx_message_referral": '"message" ("referral_id")',
    "idx_incoming_inquiry": '"incoming" ("inquiry_id")',
    "idx_incoming_writing": '"incoming" ("writing_id")',
}


class Migration(migrations.Migration):
    dependencies = [('channels', '0006_partners')]

    initial = False

    operations = [
        ops.RunSQL(f'CREATE INDEX IF NOT EXISTS "{name}" ON {what}', reverse_sql=f'DROP INDEX IF EXISTS "{name}"')
        for name, what in INDEXES.items()
    ]
