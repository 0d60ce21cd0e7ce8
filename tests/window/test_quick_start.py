"""A quick start leaves out what only editors read, and leaves everything else as it was."""

import gc
import subprocess
import sys
from pathlib import Path
from types import ModuleType

from qa.window import quick_start as module
from qa.window.quick_start import quick_start

IN_A_NEW_PROCESS = """
import gc, sys
from importlib.util import find_spec
from pathlib import Path
from qa.window.quick_start import quick_start
before = list(sys.meta_path)
with quick_start():
    import gradio
    assert not gc.isenabled()
assert sys.meta_path == before and gc.isenabled() and gc.get_freeze_count()
from gradio import component_meta
print(component_meta.create_or_modify_pyi.__name__)
with gradio.Blocks() as page:
    gradio.Textbox(elem_id="box").submit(lambda text: text, None, None)
print(page.config["components"][0]["props"]["elem_id"])
"""


def test_gradio_works_without_its_type_stubs() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_NEW_PROCESS], capture_output=True, text=True)
    assert done.stdout.split() == ["<lambda>", "box"], done.stderr


def test_a_gradio_that_makes_no_stubs_is_imported_as_it_is(tmp_path: Path) -> None:
    """Its function may be gone in a later version."""
    (tmp_path / "later.py").write_text("other = 1\n")
    found = ModuleType("gradio.component_meta")
    module._WithoutStubs(found.__name__, str(tmp_path / "later.py")).exec_module(found)
    assert not hasattr(found, "create_or_modify_pyi")
    assert found.other == 1


def test_garbage_is_collected_again_after_an_error() -> None:
    before = list(sys.meta_path)
    try:
        with quick_start():
            raise KeyError
    except KeyError:
        pass
    assert gc.isenabled()
    assert sys.meta_path == before
    gc.unfreeze()
