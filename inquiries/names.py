"""Finding people by name in any letters: the keys of their names, and the search among them.

Invariant: a name and its keys are written in the same transaction. A search asks by index only and looks at `BOUND`
people at most per step, so that it takes as long among fifty thousand as among five thousand.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence

from tortoise.expressions import Q, RawSQL, Subquery
from tortoise.queryset import QuerySet

from inquiries import name_keys
from inquiries.models import NameKey, Person
from inquiries.name_keys import Word

BOUND = 500
"""Of the people found by one word or by two neighbours, so many are compared with the other words."""
_AFTER = "~"
"""Behind every letter of a key."""


async def write(people: Iterable[Person]) -> None:
    """Their names are found from now on, as they are now. Belongs into the transaction that writes the names."""
    known = list(people)
    await NameKey.filter(person_id__in=[person.id for person in known]).delete()
    await write_new(known)


async def write_new(people: Iterable[Person]) -> None:
    """The same for people who have no keys yet."""
    await NameKey.bulk_create(
        [
            NameKey(person_id=person.id, key=key)
            for person in people
            for key in sorted(name_keys.keys(person.name, person.call_name))
        ],
        batch_size=1000,
    )


async def find(text: str, limit: int) -> list[Person]:
    """At most so many people all of whose typed words are in their names, the surest first.

    The order of words does not matter. Sure is a word as written, less sure its beginning, then what sounds alike;
    where nobody is found, one typing mistake. Alike sure are those we met last. Words of one letter only narrow
    down. Two neighbouring words have a key of their own, so whole names are found however many share each word.
    """
    sought = sorted(name_keys.words(text), key=lambda word: -len(word.letters))
    if not sought or len(sought[0].letters) < 2:
        return []
    found: dict[int, None] = {}
    async for step in _steps(sought, name_keys.together(text), limit):
        found |= dict.fromkeys(step)
        if len(found) >= limit:
            break
    if not found:
        found = dict.fromkeys(await _with_mistakes(sought, limit))
    people = {person.id: person for person in await Person.filter(id__in=list(found)[:limit])}
    return _surest([people[number] for number in found if number in people], sought)


async def _steps(
    sought: Sequence[Word], pairs: Sequence[tuple[Word, list[Word]]], limit: int
) -> AsyncIterator[list[int]]:
    for pair, rest in pairs:
        yield await _asked(_begins(pair), [_begins(word) for word in rest], limit)
    first, others = sought[0], sought[1:]
    begun = [_begins(word) for word in others]
    yield await _asked(_is(first), begun, limit, newest=True)
    yield await _asked(_goes_on(first), begun, limit)
    alone = {sound for word in sought for sound in word.sounds}
    for pair, rest in pairs:
        for sound in sorted(pair.sounds - alone):
            yield await _asked(
                Q(key=sound), [_begins(word) | _sounds(word) for word in rest], limit, newest=True
            )
    heard = [_begins(word) | _sounds(word) for word in others]
    for sound in sorted(first.sounds):
        yield await _asked(Q(key=sound), heard, limit, newest=True)
    for sound in first.beginnings:
        yield await _asked(Q(key__gt=sound, key__lt=sound + _AFTER), heard, limit)


async def _with_mistakes(sought: Sequence[Word], limit: int) -> list[int]:
    first, others = sought[0], sought[1:]
    if len(first.letters) < name_keys.SPELT:
        return []
    spelt = [_begins(word) | _sounds(word) | _misspelt(word) for word in others]
    return await _asked(_is(first) | _misspelt(first), spelt, limit, newest=True)


async def _asked(first: Q, others: Sequence[Q], limit: int, *, newest: bool = False) -> list[int]:
    """People found by the first condition, in the order of the keys or the newest first, and by all others."""
    found: QuerySet[NameKey] = NameKey.filter(first)
    found = _newest(found) if newest else found.order_by("key", "person_id")
    bound = limit if not others else BOUND
    for other in others:
        among = Subquery(found.limit(bound).values("person_id"))
        found = _newest(NameKey.filter(other, person_id__in=among))
    rows = await found.limit(2 * limit).values_list("person_id", flat=True)
    return list(dict.fromkeys(int(str(number)) for number in rows))[:limit]


def _newest(found: QuerySet[NameKey]) -> QuerySet[NameKey]:
    """Those we met last first; the sum keeps databases from walking through all people until enough are found."""
    return found.annotate(newest=RawSQL("person_id + 0")).order_by("-newest")


def _is(word: Word) -> Q:
    return Q(key=word.letters)


def _begins(word: Word) -> Q:
    return Q(key__gte=word.letters, key__lt=word.letters + _AFTER)


def _goes_on(word: Word) -> Q:
    return Q(key__gt=word.letters, key__lt=word.letters + _AFTER)


def _sounds(word: Word) -> Q:
    beginnings = [Q(key__gte=sound, key__lt=sound + _AFTER) for sound in word.beginnings]
    return Q(Q(key__in=sorted(word.sounds)), *beginnings, join_type="OR")


def _misspelt(word: Word) -> Q:
    return Q(key__in=sorted(name_keys.misspelt(word.letters)) if len(word.letters) >= name_keys.SPELT else [])


def _surest(people: list[Person], sought: Sequence[Word]) -> list[Person]:
    """Those with more of the words as written first, otherwise as they are."""
    letters = {word.letters for word in sought}
    return sorted(people, key=lambda person: -len(letters & name_keys.keys(person.name, person.call_name)))
