"""A quicker start: imports Gradio without the type stubs that it writes, and collects garbage afterwards."""

import gc
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType

from index.garbage import uncollected

__all__ = ["quick_start"]

# Whenever it is imported, this function writes a .pyi file for editors beside each of Gradio's 80 components:
# .9 of 2.2 seconds. Nothing at run time reads them.
_MODULE, _FUNCTION = "gradio.component_meta", "create_or_modify_pyi"


@contextmanager
def quick_start() -> Iterator[None]:
    """While it lasts, imports are quicker: no stubs, and no search for garbage among what imports leave for good."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        with uncollected():
            yield
            gc.freeze()
    finally:
        sys.meta_path.remove(finder)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        spec = PathFinder.find_spec(fullname, path, target) if fullname == _MODULE else None
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = _WithoutStubs(spec.loader.name, spec.loader.path)
        return spec


class _WithoutStubs(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        if hasattr(module, _FUNCTION):
            setattr(module, _FUNCTION, lambda *_: None)
