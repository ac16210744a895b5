import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


#: What the problems of before have meant since then is written by 0011_old_problems; the other columns begin empty.
OLD_ROWS = "0011_old_problems"


class Migration(migrations.Migration):

    dependencies = [
        ('crm', '0002_search_indexes'),
        ('liaisons', '0001_initial'),
        ('visits', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HandlingLimit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('urgency', models.CharField(choices=[('urgent', 'Urgent'), ('advice', 'Advice'), ('normal', 'Normal'), ('complex', 'Complex')], max_length=8, verbose_name='urgency')),
                ('amount', models.PositiveSmallIntegerField(validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(500)], verbose_name='limit')),
                ('measure', models.CharField(choices=[('hours', 'working hours'), ('days', 'working days')], default='days', max_length=5, verbose_name='counted in')),
            ],
            options={
                'verbose_name': 'limit for problems',
                'verbose_name_plural': 'limits for problems',
                'ordering': ['urgency', 'category'],
            },
        ),
        migrations.CreateModel(
            name='ProblemStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveIntegerField()),
                ('verb', models.CharField(max_length=20, verbose_name='act')),
                ('old_state', models.CharField(blank=True, choices=[('registered', 'Registered'), ('accepted', 'Accepted'), ('assigned', 'Assigned'), ('acknowledged', 'Acknowledged'), ('in_progress', 'In progress'), ('returned', 'Returned'), ('planned', 'Planned for later'), ('outside', 'Passed outside the police'), ('answered', 'Answered'), ('under_review', 'Under review'), ('follow_up', 'Follow-up'), ('unconfirmed', 'Answered, unconfirmed'), ('closed', 'Closed'), ('solved_on_spot', 'Solved on the spot'), ('withdrawn', 'Withdrawn')], default='', max_length=16)),
                ('new_state', models.CharField(choices=[('registered', 'Registered'), ('accepted', 'Accepted'), ('assigned', 'Assigned'), ('acknowledged', 'Acknowledged'), ('in_progress', 'In progress'), ('returned', 'Returned'), ('planned', 'Planned for later'), ('outside', 'Passed outside the police'), ('answered', 'Answered'), ('under_review', 'Under review'), ('follow_up', 'Follow-up'), ('unconfirmed', 'Answered, unconfirmed'), ('closed', 'Closed'), ('solved_on_spot', 'Solved on the spot'), ('withdrawn', 'Withdrawn')], max_length=16)),
                ('at', models.DateTimeField(verbose_name='time')),
                ('why', models.TextField(blank=True, default='', verbose_name='why')),
                ('due_at', models.DateTimeField(null=True, verbose_name='due at')),
            ],
            options={
                'verbose_name': 'step of a problem',
                'verbose_name_plural': 'steps of problems',
                'ordering': ['problem', 'position'],
            },
        ),
        migrations.CreateModel(
            name='ProblemTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='answered at')),
                ('answer', models.TextField(blank=True, default='', validators=[django.core.validators.MaxLengthValidator(20000, 'At most %(limit_value)d characters; there are %(show_value)d.')], verbose_name='what was done')),
            ],
            options={
                'verbose_name': "co-handler's part",
                'verbose_name_plural': "co-handlers' parts",
            },
        ),
        migrations.RemoveIndex(
            model_name='problem',
            name='problem_open_unit',
        ),
        migrations.RemoveIndex(
            model_name='problem',
            name='problem_open_enterprise',
        ),
        migrations.AddField(
            model_name='problem',
            name='assigned_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='assigned at'),
        ),
        migrations.AddField(
            model_name='problem',
            name='dispatch_unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.unit', verbose_name='dispatching unit'),
        ),
        migrations.AddField(
            model_name='problem',
            name='due_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='due at'),
        ),
        migrations.AddField(
            model_name='problem',
            name='extension_until',
            field=models.DateField(blank=True, null=True, verbose_name='extension asked until'),
        ),
        migrations.AddField(
            model_name='problem',
            name='follow_up_until',
            field=models.DateTimeField(editable=False, null=True, verbose_name='waits for the enterprise until'),
        ),
        migrations.AddField(
            model_name='problem',
            name='handled_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='answered at'),
        ),
        migrations.AddField(
            model_name='problem',
            name='handler',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='liaisons.officer', verbose_name='handler'),
        ),
        migrations.AddField(
            model_name='problem',
            name='is_police_matter',
            field=models.BooleanField(default=True, verbose_name='police matter'),
        ),
        migrations.AddField(
            model_name='problem',
            name='lead_unit',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.unit', verbose_name='handling unit'),
        ),
        migrations.AddField(
            model_name='problem',
            name='outside_body',
            field=models.CharField(blank=True, default='', max_length=100, verbose_name='body outside the police'),
        ),
        migrations.AddField(
            model_name='problem',
            name='overdue_from',
            field=models.DateTimeField(editable=False, null=True, verbose_name='overdue from'),
        ),
        migrations.AddField(
            model_name='problem',
            name='pause_reason',
            field=models.CharField(blank=True, choices=[('enterprise', 'Waiting for material from the enterprise'), ('court', 'Waiting for a court or an arbitration'), ('appraisal', "Waiting for an expert's appraisal"), ('outside', 'Waiting for a body outside the police'), ('force', 'Force majeure')], default='', max_length=12, verbose_name='why paused'),
        ),
        migrations.AddField(
            model_name='problem',
            name='paused_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='paused since'),
        ),
        migrations.AddField(
            model_name='problem',
            name='planned_for',
            field=models.DateField(blank=True, null=True, verbose_name='planned for'),
        ),
        migrations.AddField(
            model_name='problem',
            name='proof',
            field=models.CharField(blank=True, choices=[('', 'None'), ('on_spot', 'Solved during the visit'), ('enterprise', 'Confirmed by the enterprise'), ('visit', 'Verified by a later visit')], default='', max_length=10, verbose_name='proof'),
        ),
        migrations.AddField(
            model_name='problem',
            name='redone',
            field=models.PositiveSmallIntegerField(default=0, editable=False, verbose_name='times redone'),
        ),
        migrations.AddField(
            model_name='problem',
            name='reply',
            field=models.TextField(blank=True, default='', validators=[django.core.validators.MaxLengthValidator(2000, 'At most %(limit_value)d characters; there are %(show_value)d.')], verbose_name='reply to the enterprise'),
        ),
        migrations.AddField(
            model_name='problem',
            name='result',
            field=models.TextField(blank=True, default='', validators=[django.core.validators.MaxLengthValidator(20000, 'At most %(limit_value)d characters; there are %(show_value)d.')], verbose_name='what was done (internal)'),
        ),
        migrations.AddField(
            model_name='problem',
            name='source',
            field=models.CharField(choices=[('visit', 'Visit'), ('page', 'Entered by an officer'), ('phone', 'Telephone call'), ('enterprise', 'The enterprise itself'), ('import', 'Import'), ('system', 'Another system')], default='page', max_length=10, verbose_name='how it came'),
        ),
        migrations.AddField(
            model_name='problem',
            name='supervised_no',
            field=models.CharField(blank=True, default='', max_length=30, verbose_name='supervision order'),
        ),
        migrations.AlterField(
            model_name='problem',
            name='state',
            field=models.CharField(choices=[('registered', 'Registered'), ('accepted', 'Accepted'), ('assigned', 'Assigned'), ('acknowledged', 'Acknowledged'), ('in_progress', 'In progress'), ('returned', 'Returned'), ('planned', 'Planned for later'), ('outside', 'Passed outside the police'), ('answered', 'Answered'), ('under_review', 'Under review'), ('follow_up', 'Follow-up'), ('unconfirmed', 'Answered, unconfirmed'), ('closed', 'Closed'), ('solved_on_spot', 'Solved on the spot'), ('withdrawn', 'Withdrawn')], default='registered', max_length=16, verbose_name='state'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(condition=models.Q(('ended_on__isnull', True)), fields=['unit', 'overdue_from', 'ended_on'], name='problem_open_unit'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(condition=models.Q(('ended_on__isnull', True)), fields=['enterprise', 'unit', 'overdue_from', 'ended_on'], name='problem_open_enterprise'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(fields=['unit', '-reported_on', '-id'], name='problem_unit_newest'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(fields=['officer', '-reported_on', '-id'], name='problem_officer_newest'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(fields=['dispatch_unit', '-reported_on', '-id'], name='problem_dispatch_newest'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(fields=['lead_unit', '-reported_on', '-id'], name='problem_lead_newest'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(condition=models.Q(('overdue_from__isnull', False)), fields=['overdue_from'], name='problem_overdue'),
        ),
        migrations.AddIndex(
            model_name='problem',
            index=models.Index(condition=models.Q(('follow_up_until__isnull', False)), fields=['follow_up_until'], name='problem_follow_up'),
        ),
        migrations.AddField(
            model_name='handlinglimit',
            name='category',
            field=models.ForeignKey(blank=True, help_text='Empty: all categories.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visits.problemcategory', verbose_name='category'),
        ),
        migrations.AddField(
            model_name='problemstep',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddField(
            model_name='problemstep',
            name='problem',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='visits.problem'),
        ),
        migrations.AddField(
            model_name='problemstep',
            name='to_unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.unit', verbose_name='to unit'),
        ),
        migrations.AddField(
            model_name='problemstep',
            name='unit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.unit', verbose_name='unit at the time'),
        ),
        migrations.AddField(
            model_name='problemstep',
            name='visit',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='visits.visit', verbose_name='visit'),
        ),
        migrations.AddField(
            model_name='problemtask',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='liaisons.officer', verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='problemtask',
            name='problem',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tasks', to='visits.problem'),
        ),
        migrations.AddField(
            model_name='problemtask',
            name='unit',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='crm.unit', verbose_name='unit'),
        ),
        migrations.AddConstraint(
            model_name='handlinglimit',
            constraint=models.UniqueConstraint(fields=('urgency', 'category'), name='handlinglimit_once'),
        ),
        migrations.AddConstraint(
            model_name='handlinglimit',
            constraint=models.UniqueConstraint(condition=models.Q(('category__isnull', True)), fields=('urgency',), name='handlinglimit_for_all'),
        ),
        migrations.AddConstraint(
            model_name='problemstep',
            constraint=models.UniqueConstraint(fields=('problem', 'position'), name='problemstep_once'),
        ),
        migrations.AddIndex(
            model_name='problemtask',
            index=models.Index(condition=models.Q(('answered_at__isnull', True)), fields=['unit', 'due_at'], name='problemtask_open'),
        ),
        migrations.AddConstraint(
            model_name='problemtask',
            constraint=models.UniqueConstraint(fields=('problem', 'unit'), name='problemtask_once'),
        ),
    ]
