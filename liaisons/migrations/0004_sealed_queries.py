"""Names and telephone numbers that were kept in the addresses of lists and exports, sealed as they are since then.

The audit log, which also tells of exports, is never changed.
"""

from django.db import migrations
from django.http import QueryDict

from crm.secrets.encryption import blind_index
from crm.text.words import squeeze

PATH, LIST, SEALED, SEAL = "/contacts/", "contact_list", ("name", "phone"), "~"


def seal(apps, editor):
    links, jobs = (apps.get_model("crm", name).objects.using(editor.connection.alias) for name in ("SavedLink", "Job"))
    for link in links.filter(path=PATH):
        _seal(link, lambda: link.query, lambda query: setattr(link, "query", query))
    for job in jobs.filter(kind="export", params__list=LIST):
        _seal(job, lambda: job.params["query"], lambda query: job.params.update(query=query))


def _seal(row, read, write):
    query = QueryDict(read(), mutable=True)
    clear = [name for name in SEALED if query.get(name) and not query[name].startswith(SEAL)]
    for name in clear:
        query[name] = SEAL + blind_index(squeeze(query[name]))
    if clear:
        write(query.urlencode())
        row.save()


class Migration(migrations.Migration):
    dependencies = [("liaisons", "0003_import_jobs"), ("crm", "0003_notices")]
    operations = [migrations.RunPython(seal, migrations.RunPython.noop)]
