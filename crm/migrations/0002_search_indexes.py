"""The search index of each engine: an inverted array index on PostgreSQL, full text kept by triggers on SQLite."""

from django.db import migrations

POSTGRESQL = (
    # New entries wait in a list of at most 1 MB, which a search reads too: writing is twice as fast, finding about as fast.
    "CREATE INDEX searchentry_grams ON crm_searchentry USING gin (string_to_array(grams, ' ')) WITH (gin_pending_list_limit = 1024)",
)
SQLITE = (
    "CREATE VIRTUAL TABLE crm_searchentry_fts USING fts5(grams, content='crm_searchentry', content_rowid='id',"
    # Of the tokenizers only this one takes every character beyond ASCII for a letter, whichever year Unicode took it in.
    " detail=none, tokenize=\"ascii tokenchars '$%@^=' \")",
    "CREATE TRIGGER searchentry_added AFTER INSERT ON crm_searchentry BEGIN"
    " INSERT INTO crm_searchentry_fts(rowid, grams) VALUES (new.id, new.grams); END",
    "CREATE TRIGGER searchentry_removed AFTER DELETE ON crm_searchentry BEGIN"
    " INSERT INTO crm_searchentry_fts(crm_searchentry_fts, rowid, grams) VALUES ('delete', old.id, old.grams); END",
    "CREATE TRIGGER searchentry_changed AFTER UPDATE ON crm_searchentry BEGIN"
    " INSERT INTO crm_searchentry_fts(crm_searchentry_fts, rowid, grams) VALUES ('delete', old.id, old.grams);"
    " INSERT INTO crm_searchentry_fts(rowid, grams) VALUES (new.id, new.grams); END",
)


def create(apps, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def drop(apps, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX searchentry_grams")
    else:
        for statement in (
            "DROP TRIGGER searchentry_changed",
            "DROP TRIGGER searchentry_removed",
            "DROP TRIGGER searchentry_added",
            "DROP TABLE crm_searchentry_fts",
        ):
            editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("crm", "0001_initial")]
    operations = [migrations.RunPython(create, drop, elidable=False)]
