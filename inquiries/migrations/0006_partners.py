from tortoise import migrations
from tortoise.migrations import operations as ops
import functools
from inquiries.models import Agreement, Consent, Feedback, Missing, ReferralKind
from json import dumps, loads
from tortoise.fields.base import OnDelete
from tortoise import fields

class Migration(migrations.Migration):
    dependencies = [('inquiries', '0005_drafts'), ('office', '0001_initial'), ('office', '0002_calendar')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Gap',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('key', fields.CharField(unique=True, max_length=64)),
                ('day', fields.DateField(db_index=True)),
                ('topic', fields.CharField(max_length=48)),
                ('language', fields.CharField(max_length=48)),
                ('district', fields.CharField(max_length=48)),
                ('why', fields.CharEnumField(description='FULL: full\nLANGUAGE: language\nNOWHERE: nowhere', enum_type=Missing, max_length=16)),
            ],
            options={'table': 'gap', 'app': 'inquiries', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Partner',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('name', fields.CharField(unique=True, max_length=200)),
                ('target', fields.CharField(default='other', max_length=48)),
                ('offer', fields.CharField(default='', max_length=300)),
                ('topics', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('audiences', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('languages', fields.JSONField(default=list, encoder=functools.partial(dumps, separators=(',', ':')), decoder=loads)),
                ('hours', fields.CharField(default='', max_length=300)),
                ('phone', fields.CharField(default='', max_length=60)),
                ('email', fields.CharField(default='', max_length=254)),
                ('web', fields.CharField(default='', max_length=300)),
                ('agreement', fields.CharEnumField(default=Agreement.UNKNOWN, description='YES: yes\nNO: no\nUNKNOWN: unknown', enum_type=Agreement, max_length=8)),
                ('agreed_on', fields.DateField(null=True)),
                ('checked_on', fields.DateField(null=True)),
                ('public', fields.BooleanField(default=False)),
                ('active', fields.BooleanField(default=True)),
            ],
            options={'table': 'partner', 'app': 'inquiries', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Referral',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('inquiry', fields.ForeignKeyField('inquiries.Inquiry', source_field='inquiry_id', db_constraint=True, to_field='id', related_name='referrals', on_delete=OnDelete.CASCADE)),
                ('partner', fields.ForeignKeyField('inquiries.Partner', source_field='partner_id', db_constraint=True, to_field='id', related_name='referrals', on_delete=OnDelete.RESTRICT)),
                ('key', fields.CharField(unique=True, max_length=64)),
                ('kind', fields.CharEnumField(description='NAMED: named\nWARM: warm', enum_type=ReferralKind, max_length=8)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('author', fields.CharField(max_length=48)),
                ('consent', fields.CharEnumField(default=Consent.NONE, description='NONE: \nSPOKEN: spoken\nWRITTEN: written', enum_type=Consent, max_length=8)),
                ('contact', fields.CharField(default='', max_length=300)),
                ('note', fields.TextField(default='', unique=False)),
                ('ends_at', fields.DatetimeField(null=True, db_index=True, auto_now=False, auto_now_add=False)),
                ('withdrawn_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('feedback', fields.CharEnumField(default=Feedback.NONE, description='NONE: \nARRIVED: arrived\nNOT_ARRIVED: not_arrived\nNO_PLACE: no_place', enum_type=Feedback, max_length=16)),
                ('feedback_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('looked_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('generation', fields.IntField(default=0)),
            ],
            options={'table': 'referral', 'app': 'inquiries', 'pk_attr': 'id'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='TopicText',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('topic', fields.CharField(max_length=48)),
                ('language', fields.CharField(max_length=8)),
                ('version', fields.IntField()),
                ('title', fields.CharField(max_length=120)),
                ('text', fields.TextField(unique=False)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('author', fields.CharField(max_length=48)),
                ('checked_on', fields.DateField()),
            ],
            options={'table': 'topic_text', 'app': 'inquiries', 'unique_together': (('topic', 'language', 'version'),), 'pk_attr': 'id'},
            bases=['Model'],
        ),
    ]
