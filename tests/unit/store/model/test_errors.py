import inspect
import re

from store.model import errors
from store.model.errors import StoreError


def classes() -> list[type]:
    return [c for _, c in inspect.getmembers(errors, inspect.isclass)]


def test_everything_that_goes_wrong_at_rest_is_one_kind() -> None:
    assert all(issubclass(c, StoreError) for c in classes())


def test_the_tree_at_the_top_shows_every_class() -> None:
    shown = re.findall(r"^    (?:[│├└─ ]*)(\w+)", errors.__doc__ or "", re.MULTILINE)
    assert sorted(shown) == sorted(found.__name__ for found in classes())
