"""The sentences of a determination, by the engine that writes them: a record is replayed in the words of its time.

``TODAY`` writes new records. When a sentence changes, the engine's number rises, and what the sentence was goes into a
class of its own under the number before, so that every record still gives the same bytes.
"""

from collections.abc import Mapping

from .engine_2 import WordsOfEngine2
from .today import Words

ENGINE_VERSION = 3
TODAY = Words()
WORDS: Mapping[int, Words] = {2: WordsOfEngine2(), ENGINE_VERSION: TODAY}

__all__ = ["ENGINE_VERSION", "TODAY", "WORDS", "Words"]
