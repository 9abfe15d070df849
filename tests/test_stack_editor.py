"""The table of a stack: numbers, and errors beside them."""

import pytest

from qdlib import InputError
from qdlib.notebook.stack_editor import StackEditor
from qdlib.paper.protocols import Sample


@pytest.fixture
def used():
    return []


@pytest.fixture
def editor(used):
    made = StackEditor(used.append)
    made.show(Sample(), {"ZnMgO.thickness": 45e-9})
    return made


def told(editor):
    return {key: one.value for key, one in editor.messages.items() if one.value}


def test_only_what_is_moved_is_handed_over(editor, used):
    editor.apply()
    editor.inputs["PVK.hole_mobility"].value = 2e-5
    editor.apply()
    assert used == [
        {"ZnMgO.thickness": 45e-9},
        {"ZnMgO.thickness": 45e-9, "PVK.hole_mobility": 2e-9},
    ]


def test_an_error_stands_beside_its_number_until_it_is_mended(editor, used):
    editor.inputs["PVK.thickness"].value = -5
    editor.apply()
    assert used == [] and set(told(editor)) == {"PVK.thickness"}
    assert "alert" in told(editor)["PVK.thickness"]
    editor.inputs["PVK.thickness"].value = 6
    editor.apply()
    assert told(editor) == {} and used[0]["PVK.thickness"] == pytest.approx(6e-9)


def test_what_the_page_refuses_is_shown_as_well(editor):
    def refuse(_):
        raise InputError("PVK: hole_mobility", 1.0, "less")

    editor.use = refuse
    editor.apply()
    assert set(told(editor)) == {"PVK.hole_mobility"} and editor.status.value == ""
