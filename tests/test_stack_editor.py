"""The table of a stack: numbers, and errors beside them."""

import pytest

from qdlib import InputError
from qdlib.notebook.stack_editor import ABSENT, StackEditor
from qdlib.owndata.stacks import OwnStack
from qdlib.paper.protocols import Sample


@pytest.fixture
def used():
    return []


@pytest.fixture
def editor(used):
    made = StackEditor(used.append)
    made.show(Sample(), OwnStack({"ZnMgO.thickness": 45e-9}))
    return made


def told(editor):
    return {key: one.value for key, one in editor.messages.items() if one.value}


def test_only_what_is_moved_is_handed_over(editor, used):
    editor.apply()
    editor.inputs["PVK.hole_mobility"].value = 2e-5
    editor.apply()
    assert [one.moved for one in used] == [
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
    assert told(editor) == {} and used[0].moved["PVK.thickness"] == pytest.approx(6e-9)


def test_what_the_page_refuses_is_shown_as_well(editor):
    def refuse(_):
        raise InputError("PVK: hole_mobility", 1.0, "less")

    editor.use = refuse
    editor.apply()
    assert set(told(editor)) == {"PVK.hole_mobility"} and editor.status.value == ""


def names(editor):
    return [one.name for one in editor.layers]


def test_a_layer_is_removed_and_what_was_typed_stays(editor, used):
    editor.inputs["poly-TPD.thickness"].value = 41
    editor.buttons["Remove PVK"].click()
    assert names(editor) == ["poly-TPD", "dots", "ZnMgO"] and told(editor) == {}
    assert not any(key.startswith("PVK") for key in editor.inputs)
    editor.apply()
    assert [one.name for one in used[0].layers] == names(editor)
    assert used[0].moved == {"poly-TPD.thickness": 41e-9, "ZnMgO.thickness": 45e-9}


def test_a_layer_is_added_moved_and_given_its_numbers(editor, used):
    editor.material.value, editor.name.value = "PVK", "TFB"
    editor.buttons["Add the layer"].click()
    for _ in range(2):
        editor.buttons["↑ TFB"].click()
    assert names(editor) == ["poly-TPD", "PVK", "TFB", "dots", "ZnMgO"]
    editor.buttons["↓ poly-TPD"].click()
    editor.inputs["TFB.hole_mobility"].value = 1e-3
    editor.apply()
    assert [one.name for one in used[0].layers] == ["PVK", "poly-TPD", "TFB", "dots", "ZnMgO"]
    assert used[0].moved["TFB.hole_mobility"] == pytest.approx(1e-7)
    editor.inputs["TFB.states"].value = -1
    editor.apply()
    assert set(told(editor)) == {"TFB.states"} and len(used) == 1


def test_the_layer_of_dots_stays_and_is_told_why(editor):
    editor.buttons["Remove dots"].click()
    assert names(editor) == ["poly-TPD", "PVK", "dots", "ZnMgO"]
    assert set(told(editor)) == {"dots"} and "the light comes from it" in told(editor)["dots"]
    editor.buttons["↑ dots"].click()
    assert told(editor) == {} and names(editor)[1] == "dots"


@pytest.mark.parametrize("name", ["PVK", "Ag on ZnMgO", "layers", "x" * 41])
def test_a_name_that_does_not_do_is_told_beside_it(editor, name):
    editor.name.value = name
    editor.buttons["Add the layer"].click()
    assert set(told(editor)) == {"name of the layer"} and len(editor.layers) == 4
    editor.name.value = ""
    editor.buttons["Add the layer"].click()
    assert told(editor) == {} and len(editor.layers) == 5


def test_a_name_is_text_on_the_page(editor):
    editor.name.value = "<img src=x>"
    editor.buttons["Add the layer"].click()
    shown = " ".join(
        one.value for row in editor.box.children for one in getattr(row, "children", [row])[:1]
        if hasattr(one, "value") and isinstance(one.value, str)
    )  # fmt: skip
    assert "&lt;img" in shown and "<img" not in shown


def absent(editor):
    return {key for key, one in editor.rooms.items() if ABSENT in one._dom_classes}


def test_a_contact_is_made_of_something_else_and_its_own_numbers_go(editor, used):
    editor.inputs["PEDOT:PSS.thickness"].value = 41
    editor.electrodes["PEDOT:PSS"].value = "ITO"
    editor.electrodes["Ag on ZnMgO"].value = "Al"
    assert absent(editor) == {"PEDOT:PSS.thickness"}
    editor.inputs["PEDOT:PSS.work_function"].value = 4.9
    editor.apply()
    assert {one.name: one.material for one in used[0].layers} == {
        "PEDOT:PSS": "ITO", "Ag on ZnMgO": "Al", **{name: name for name in names(editor)[1:-1]}
    }  # fmt: skip
    assert used[0].moved == {"ZnMgO.thickness": 45e-9, "PEDOT:PSS.work_function": 4.9}
    editor.show(Sample(), used[0])
    assert editor.electrodes["PEDOT:PSS"].value == "ITO"
    editor.electrodes["PEDOT:PSS"].value = "PEDOT:PSS"
    assert absent(editor) == set()
    editor.electrodes["PEDOT:PSS"].value = "Ag"
    editor.apply()
    assert "light passes" in editor.status.value and len(used) == 1


@pytest.mark.parametrize("kind", ["electron-only", "hole-only"])
def test_other_devices_are_presets_as_well(editor, used, kind):
    editor.show(Sample(), OwnStack(kind=kind))
    assert ("PVK" in names(editor)) == (kind == "hole-only")
    editor.apply()
    assert used == [OwnStack(kind=kind)]
