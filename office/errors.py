"""What a verb may answer instead of doing what it was asked; the docstring is the default message."""

from __future__ import annotations


class Refused(Exception):
    """This is not possible."""

    def __str__(self) -> str:
        return super().__str__() or (type(self).__doc__ or "")


class NotFound(Refused):
    """There is nothing here under this address."""


class Forbidden(Refused):
    """You may not do this."""


class Invalid(Refused):
    """Something in the form needs another look."""

    def __init__(self, **fields: str) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields
        """Field name → message code, to be said in the person's language."""


class TooMany(Refused):
    """That was too often in a short time."""


class Transient(Exception):
    """It may work in a moment; try again."""


class Permanent(Exception):
    """It will not work however often it is tried."""
