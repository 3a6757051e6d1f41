"""What programs send, read strictly; what is wrong is named field by field, and no value is ever repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
)
from starlette.exceptions import HTTPException
from starlette.requests import Request

from channels.web import clock
from office.errors import Invalid

NAME_LENGTH = 64
"""Of a field nobody knows, this much is said."""


class InvalidRequest(Invalid):
    """Something in the request needs another look; `fields` says what."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__()
        self.fields = fields


class Input(BaseModel):
    """A query or a body; an unknown name is a mistake, not a wish."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


def _day(text: Any) -> date:
    try:
        return clock.day(text)
    except ValueError:
        raise ValueError("write a day of our years like 2026-03-04") from None


def _moment(text: Any) -> datetime:
    try:
        return clock.moment(text)
    except ValueError:
        raise ValueError("write a time of our days like 2026-03-04T09:00:00+01:00") from None


# Pydantic alone would read a bare number as seconds since 1970; nobody means that here.
Day = Annotated[date, BeforeValidator(_day)]
Moment = Annotated[AwareDatetime, BeforeValidator(_moment), Field(description="RFC 3339, with offset")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,48}$")]
Language = Annotated[
    str, Field(pattern=r"^[a-z]{2,3}(_[a-z]{1,4})?$", description="Such as `de`, `ar`, `tr`")
]
Asked = TypeVar("Asked", bound=Input)


def query(request: Request, model: type[Asked]) -> Asked:
    """The query of this request; an empty value counts as none. Raises `InvalidRequest`."""
    given = {name: value for name, value in request.query_params.items() if value}
    return _read(lambda: model.model_validate_strings(given, strict=True))


async def body(request: Request, model: type[Asked]) -> Asked:
    """The JSON body of this request. Raises `InvalidRequest`, or 415 for another type and 400 for no JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(415, "Send JSON, with Content-Type: application/json.")
    raw = await request.body()
    return _read(lambda: model.model_validate_json(raw, strict=True))


def _read(reading: Callable[[], Asked]) -> Asked:
    try:
        return reading()
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
    if any(problem["type"] == "json_invalid" for problem in problems):
        raise HTTPException(400, "The body is not JSON in UTF-8.")
    raise InvalidRequest(
        {
            ".".join(str(part) for part in problem["loc"])[:NAME_LENGTH] or "body": problem[
                "msg"
            ].removeprefix("Value error, ")
            for problem in problems
        }
    )
