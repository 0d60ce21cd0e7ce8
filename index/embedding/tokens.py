"""Tokenizes texts for an embedding model: token counts and token ids."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

__all__ = ["Tokens"]

_COUNTS_KEPT = 1 << 17  # words whose number of tokens is remembered: 20 MB, and 99 of 100 words of running text
_BLANK = re.compile("[ \\t\\n\\r]")  # not all white space: BERT drops some, and so joins what stands around it


class Tokens:
    """A tokenizer (`tokenizers.Tokenizer`) whose settings nobody changes any more. Thread-safe."""

    def __init__(self, tokenizer: Any, max_length: int) -> None:
        # Copies, because truncation is a setting of a tokenizer, and threads want both at once.
        self._whole, self._cut = (type(tokenizer).from_str(tokenizer.to_str()) for _ in range(2))
        for copied in (self._whole, self._cut):
            copied.no_padding()
        self._whole.no_truncation()
        self._cut.enable_truncation(max_length)
        self.special = int(self._whole.num_special_tokens_to_add(False))
        # BERT's tokenizers look at each word by itself, so that a word need be tokenized only once.
        steps = (self._whole.normalizer, self._whole.pre_tokenizer)
        self._by_word = [type(step).__name__ for step in steps] == ["BertNormalizer", "BertPreTokenizer"]
        self._count_word = lru_cache(_COUNTS_KEPT)(lambda word: len(self._whole.encode(word, add_special_tokens=False)))

    def count(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without special tokens, never truncated."""
        if not self._by_word:
            return self.count_whole(texts)
        return [sum(map(self._count_word, _BLANK.split(text))) for text in texts]

    def count_whole(self, texts: Sequence[str]) -> list[int]:
        """`count`, each text tokenized as a whole."""
        return [len(found.ids) for found in self._whole.encode_batch_fast(list(texts), add_special_tokens=False)]

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """The ids of each text as the model reads it: special tokens included, truncated."""
        return [found.ids for found in self._cut.encode_batch_fast(list(texts))]
