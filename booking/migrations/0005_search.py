from tortoise import migrations
from tortoise.migrations import operations as ops

# What belongs to a person, an inquiry or an appointment is found, and deleted with it, without reading the table.
INDEXES = {
    "idx_appointment_person": '"appointment" ("person_id", "starts_at")',
    "idx_appointment_inquiry": '"appointment" ("inquiry_id")',
    "idx_touched_appointment": '"touched" ("appointment_id")',
    "idx_waiting_person": '"waiting" ("person_id")',
    "idx_waiting_inquiry": '"waiting" ("inquiry_id")',
    "idx_call_back_person": '"call_back" ("person_id")',
    "idx_call_back_inquiry": '"call_back" ("inquiry_id")',
    "idx_call_back_appointment": '"call_back" ("appointment_id")',
    "idx_confirmation_person": '"confirmation" ("person_id")',
    "idx_room_claim_appointment": '"room_claim" ("appointment_id")',
    "idx_interpreter_claim_appointment": '"interpreter_claim" ("appointment_id")',
    "idx_seat_claim_appointment": '"seat_claim" ("appointment_id")',
}


class Migration(migrations.Migration):
    dependencies = [('booking', '0004_confirming')]

    initial = False

    operations = [
        ops.RunSQL(f'CREATE INDEX IF NOT EXISTS "{name}" ON {what}', reverse_sql=f'DROP INDEX IF EXISTS "{name}"')
        for name, what in INDEXES.items()
    ]
