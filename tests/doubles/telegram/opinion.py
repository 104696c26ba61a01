"""A second opinion on requests, answers and updates: aiogram's models of the same Bot API.

They are an independent reading of it. They are lenient about types (the schema is not), and keep
keys that they do not know, which are looked for here.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from aiogram import methods, types
from aiogram.methods.base import TelegramMethod
from pydantic import BaseModel, TypeAdapter, ValidationError

from tests.doubles.telegram.wire import Upload


@cache
def _methods() -> Mapping[str, type[TelegramMethod[Any]]]:
    named = (getattr(methods, name) for name in methods.__all__)
    return {m.__api_method__: m for m in named if hasattr(m, "__api_method__")}


@cache
def _returned(method: str) -> TypeAdapter[Any]:
    return TypeAdapter(_methods()[method].__returning__)


def of_request(method: str, params: Mapping[str, Any]) -> list[str]:
    """What aiogram's model of the method does not take."""
    sent = {key: _as_text(value) for key, value in params.items()}
    return _judge(_methods()[method].model_validate, sent, method)


def of_answer(method: str, result: Any, place: str) -> list[str]:
    """What aiogram would not read in an answer."""
    return _judge(_returned(method).validate_python, result, place)


def of_update(update: Mapping[str, Any]) -> list[str]:
    """What aiogram would not read in an update."""
    return _judge(types.Update.model_validate, dict(update), "update")


def _as_text(value: Any) -> Any:
    """A file that is uploaded stands in the model as its name does."""
    return f"attach://{value.name}" if isinstance(value, Upload) else value


def _judge(read: Any, value: Any, place: str) -> list[str]:
    try:
        model = read(value)
    except ValidationError as wrong:
        errors = wrong.errors(include_input=False, include_url=False, include_context=False)
        return [f"{place}: aiogram says {e['type']} at {_path(e['loc'])}" for e in errors]
    return [f"{place}: aiogram does not know {key}" for key in sorted(_unknown(model))]


def _path(loc: Iterable[int | str]) -> str:
    return ".".join(str(part) for part in loc)


def _unknown(value: Any, place: str = "") -> Iterator[str]:
    """Keys that no model has, however deep they lie."""
    if isinstance(value, BaseModel):
        yield from (f"{place}{key}" for key in value.model_extra or {})
        for name in type(value).model_fields:
            yield from _unknown(getattr(value, name), f"{place}{name}.")
    elif isinstance(value, list):
        for entry in value:
            yield from _unknown(entry, place)
