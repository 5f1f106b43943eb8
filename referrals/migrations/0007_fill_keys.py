import re
import unicodedata

from django.db import migrations, transaction

BATCH = 5_000
# Table, text, folded text, rows that have one, and the trigger that would refuse to write it into rows that are there.
TEXTS = (
    ("accounts_user", "name", "name_key", "true", ""),
    ("partners_organisation", "name", "name_key", "true", ""),
    ("partners_partner", "name", "name_key", "true", ""),
    ("benefits_customer", "name", "name_key", "true", ""),
    ("benefits_tenant", "domain", "domain_key", "true", ""),
    ("referrals_savedview", "name", "name_key", "true", ""),
    ("referrals_declinereason", "label", "label_key", "true", ""),
    ("referrals_offer", "notes", "notes_key", "true", ""),
    ("referrals_offer", "array_to_string(tags, ', ')", "tags_key", "true", ""),
    ("referrals_colleaguenote", "text", "text_key", "true", ""),
    ("referrals_event", "note", "note_key", "kind = 'note'", "events_are_append_only"),
)
MARKS_LEFT_OUT = frozenset((*range(10, 36), *range(200, 241)))
LATIN = (range(0x80, 0x250), range(0x1E00, 0x1F00), range(0x2C60, 0x2C80), range(0xA720, 0xA800))
WITH_A_STROKE = re.compile(r"LATIN SMALL LETTER ([A-Z]) WITH ")
LETTERS = {"æ": "ae", "œ": "oe", "ı": "i", "ð": "d", "þ": "th"}
SIGNS = {"‘": "'", "’": "'", "ʼ": "'", "“": '"', "”": '"', "−": "-"} | {
    chr(code): "-" for code in range(0x2010, 0x2016)
}


def stroked(letter):
    return None if unicodedata.decomposition(letter) else WITH_A_STROKE.match(unicodedata.name(letter, ""))


PLAIN = {chr(code): named[1].lower() for part in LATIN for code in part if (named := stroked(chr(code)))}
ALIKE = str.maketrans(PLAIN | LETTERS | SIGNS)


def is_left_out(letter):
    return unicodedata.combining(letter) in MARKS_LEFT_OUT or unicodedata.category(letter) == "Cf"


def fold(text):
    if text.isascii():
        return " ".join(text.lower().split())
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(letter for letter in letters if not is_left_out(letter)).translate(ALIKE)
    return " ".join(unicodedata.normalize("NFC", kept).split())


def fill(apps, schema_editor):
    """Fold every text that is there, so many rows a transaction: one that was stopped goes on where it was."""
    connection = schema_editor.connection
    for table, text, key, where, trigger in TEXTS:
        last = 0
        while last is not None:
            with transaction.atomic(connection.alias), connection.cursor() as cursor:
                last = fill_some(cursor, table, text, key, where, trigger, last)


def fill_some(cursor, table, text, key, where, trigger, last):
    """The next rows behind an id; gives the last of them, or nothing when there is none."""
    cursor.execute(
        f"SELECT id, {text} FROM {table} WHERE id > %s AND {key} = '' AND {text} <> '' AND {where}"
        f" ORDER BY id LIMIT {BATCH}",
        [last],
    )
    rows = cursor.fetchall()
    if not rows:
        return None
    if trigger:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}")
    cursor.execute(
        f"UPDATE {table} SET {key} = new.key FROM unnest(%s::bigint[], %s::text[]) AS new (id, key)"
        f" WHERE {table}.id = new.id",
        [[pk for pk, _text in rows], [fold(found) for _pk, found in rows]],
    )
    if trigger:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {trigger}")
    return rows[-1][0]


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("referrals", "0006_keys")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
