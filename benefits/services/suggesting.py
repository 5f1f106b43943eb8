"""Suggest workloads and scope items for a request's own words. A person picks; nothing is decided by a guess."""

import datetime as dt
from typing import Any, NamedTuple

from django.db import connection

LONGEST_TEXT = 4000

# Each entry is a document: names and aliases weigh more than the text of scope items and notes. A word counts by how
# rare it is among the entries; a name that stands in the text misspelt counts by its trigrams.
QUERY = """
WITH wanted AS (SELECT %(text)s::text AS text),
documents AS (
    SELECT 'workload' AS kind, w.code, w.name AS shown, w.name AS heading,
           w.name || ' ' || array_to_string(w.aliases, ' ') AS names,
           array_to_string(w.areas, ' ') || ' ' || coalesce(g.title, '') AS rest, w.aliases || w.name AS called
    FROM benefits_workload w LEFT JOIN benefits_guide g ON g.workload_id = w.id
    WHERE w.edition_id = %(edition)s AND coalesce(w.effective_to >= %(on)s, true) AND w.replaced_by_id IS NULL
    UNION ALL
    SELECT DISTINCT ON (s.code) 'scope_item', s.code, s.text, coalesce(w.name, ''),
           s.text, coalesce(w.name || ' ' || array_to_string(w.aliases, ' '), ''), ARRAY[]::varchar[]
    FROM benefits_scopeitem s LEFT JOIN benefits_workload w ON w.id = s.workload_id
    WHERE s.edition_id = %(edition)s AND coalesce(s.effective_to >= %(on)s, true)
      AND coalesce(s.effective_from <= %(on)s, true) AND coalesce(w.effective_to >= %(on)s, true)
),
words AS (
    SELECT d.kind, d.code, u.lexeme,
           CASE WHEN u.lexeme = ANY(tsvector_to_array(to_tsvector('english', d.names))) THEN 1.0 ELSE 0.4 END AS weight
    FROM documents d, unnest(to_tsvector('english', d.names || ' ' || d.rest)) u
),
lengths AS (SELECT kind, code, count(*) AS words FROM words GROUP BY 1, 2),
rarity AS (SELECT lexeme, ln(1 + (SELECT count(*) FROM documents)::float / count(*)) AS worth FROM words GROUP BY 1),
matches AS (
    SELECT w.kind, w.code, sum(w.weight * r.worth) AS score
    FROM words w JOIN rarity r USING (lexeme)
    JOIN unnest(to_tsvector('english', (SELECT text FROM wanted))) asked ON asked.lexeme = w.lexeme GROUP BY 1, 2
),
spelt AS (
    SELECT d.kind, d.code, max(strict_word_similarity(lower(c.name), lower((SELECT text FROM wanted)))) AS likeness
    FROM documents d, unnest(d.called) AS c(name) GROUP BY 1, 2
)
SELECT d.kind, d.code, d.shown, d.heading,
       coalesce(m.score, 0) / (4 + l.words) + CASE WHEN s.likeness >= 0.55 THEN s.likeness ELSE 0 END AS score
FROM documents d JOIN lengths l USING (kind, code)
LEFT JOIN matches m USING (kind, code) LEFT JOIN spelt s USING (kind, code)
WHERE coalesce(m.score, 0) > 0 OR s.likeness >= 0.55
ORDER BY score DESC, d.kind DESC, d.code LIMIT %(limit)s
"""


class Suggestion(NamedTuple):
    """Something that a text may be asking for. ``kind``: workload or scope_item; the best come first."""

    kind: str
    code: str
    shown: str
    heading: str
    score: float


def suggest(edition_id: int, text: str, on: dt.date, *, limit: int = 6) -> list[Suggestion]:
    """Entries of an edition, active on a date, that the text speaks of. One query."""
    if not text.strip():
        return []
    words: dict[str, Any] = {
        "text": text[:LONGEST_TEXT].replace("\x00", " "),
        "edition": edition_id,
        "on": on,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(QUERY, words)
        return [Suggestion(*row) for row in cursor.fetchall()]
