from tortoise import migrations
from tortoise.migrations import operations as ops

class Migration(migrations.Migration):
    dependencies = [('booking', '0003_calendar')]

    initial = False

    operations = [
        ops.RemoveField(model_name='Confirmation', name='code_hash'),
    ]
