"""Names of readers that look alike, or that cannot be chosen by typing, stand in no roster."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.messages import Offer
from handlers.readers.lookalikes import drawn
from handlers.readers.reader_names import name_faults
from handlers.reporter.typed_text import match_offers

ALIKE = [
    ("Oak", "Оak"),  # Cyrillic
    ("Oak", "Oаk"),
    ("Ash", "Аѕһ"),  # all Cyrillic
    ("Capa", "Сара"),
    ("OTTO", "ΟΤΤΟ"),  # Greek
    ("Iris", "lris"),
    ("Iris", "1ris"),
    ("Oslo", "0slo"),
    ("Amir", "Arnir"),
    ("Oak", "Ｏak"),
    ("Oak", "OAK"),
]


@pytest.mark.parametrize("pair", ALIKE, ids="-".join)
def test_names_that_look_alike_are_refused(pair: tuple[str, str]) -> None:
    assert drawn(pair[0]) == drawn(pair[1]) or any("scripts" in f for f in name_faults(pair))
    (fault, *_) = name_faults(pair)
    assert pair[1] in fault


@pytest.mark.parametrize("name", ["Оak", "Oаk", "Ροse", "Юla", "田ка"])
def test_a_name_of_several_scripts_is_refused_also_alone(name: str) -> None:
    (fault,) = name_faults([name])
    assert "several scripts" in fault


@pytest.mark.parametrize(
    "names",
    [
        ("Ash", "Oak", "Rowan"),
        ("Анна", "Борис", "Yew"),
        ("Ἑλένη", "Νίκος"),
        ("田中さん", "サトウ", "김민수"),
        ("José", "Jose", "Zoë", "O'Neil", "Anne-Marie"),
        ("Ann", "Anna", "Annabel"),
        ("مريم", "नीला", "שרה"),
        ("佐々木", "Shōta 佐々木", "ササキ"),
        ("Oʻktam", "Kealiʻi", "ʼAisha", "Марʼяна"),
    ],
)
def test_names_of_people_are_taken(names: tuple[str, ...]) -> None:
    assert list(name_faults(names)) == []


@pytest.mark.parametrize(
    "name", ["1", "2.", "stop", "Help!", "/join", "no", "Nobody", "Ash,Oak", "…", "none"]
)
def test_a_name_that_cannot_be_chosen_by_typing_is_refused(name: str) -> None:
    assert any(name in fault for fault in name_faults(["Rowan", name]))


@given(st.lists(st.text(min_size=1, max_size=8), unique=True, min_size=1, max_size=5))
def test_whatever_is_taken_can_be_typed(names: list[str]) -> None:
    if list(name_faults(names)):
        return
    offers = [Offer("none", "no, nobody"), *(Offer(name, name) for name in names)]
    for name in names:
        assert match_offers(name, offers, several=False) == (name,)
