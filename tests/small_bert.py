"""A small BERT of random weights in a folder, as sentence-transformers saves models, with prompts and settings."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

from index.embedding.model_folder import default_folder

__all__ = ["write_bert"]

_TOKENIZER = ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json")


def write_bert(
    folder: Path,
    prompts: Mapping[str, str],
    *,
    pooling: str = "mean",
    truncate_dim: int | None = None,
    width: int = 64,
    layers: int = 2,
) -> Path:
    """Fills a folder with a BERT that has the default model's tokenizer and reads 128 tokens; `pooling` is mean or cls.
    The same weights each time."""
    import torch
    from transformers import BertConfig, BertModel

    torch.manual_seed(0)
    config = BertConfig(
        hidden_size=width, num_hidden_layers=layers, num_attention_heads=width // 32, intermediate_size=4 * width,
        max_position_embeddings=128,
    )  # fmt: skip
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    for name in _TOKENIZER:
        if (default_folder() / name).is_file():
            shutil.copy(default_folder() / name, folder / name)
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    modules = [
        {"idx": number, "name": str(number), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for number, (path, kind) in enumerate(kinds.items())
    ]
    modes = {f"pooling_mode_{name}": name.startswith(pooling) for name in ("cls_token", "mean_tokens", "max_tokens")}
    for path in ("1_Pooling", "2_Normalize"):
        (folder / path).mkdir()
    said = {"prompts": dict(prompts), "default_prompt_name": None, "similarity_fn_name": "cosine"}
    for path, stored in (
        ("modules.json", modules),
        ("1_Pooling/config.json", {"word_embedding_dimension": width, **modes}),
        ("sentence_bert_config.json", {"max_seq_length": 128, "do_lower_case": False}),
        ("config_sentence_transformers.json", said | ({"truncate_dim": truncate_dim} if truncate_dim else {})),
    ):
        (folder / path).write_text(json.dumps(stored))
    return folder
