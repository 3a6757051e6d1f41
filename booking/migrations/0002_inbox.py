from tortoise import migrations
from tortoise.migrations import operations as ops
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('booking', '0001_initial'), ('inquiries', '0001_initial'), ('office', '0001_initial')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Appointment',
            name='participation',
            field=fields.CharField(default='', db_default='', max_length=16),
        ),
    ]
