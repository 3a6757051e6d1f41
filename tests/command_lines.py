"""Whether a command line somebody wrote down would be understood: by make, or by our own command line."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from sprechstunde.command import main

ROOT = Path(__file__).parents[1]
TARGETS = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
STEPS = {"|", "&&", "||", ";", ">"}


def trouble(line: str) -> str:
    """What is wrong with the calls of make and sprechstunde in a shell line; nothing when all is well."""
    words = shlex.split(line.replace(";", " ; "), comments=True)
    for number, word in enumerate(words):
        arguments = _until_next_step(words[number + 1 :])
        if word == "make" and (wrong := _unknown_targets(arguments)):
            return f"no make target: {', '.join(wrong)}"
        if _is_ours(words, number) and (problem := refused(arguments)):
            return f"sprechstunde {' '.join(arguments)}: {problem}"
    return ""


def refused(arguments: list[str]) -> str:
    """Why the command line would not take these arguments."""
    command: click.Command = main
    rest = list(arguments)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.commands.get(rest.pop(0))
        if found is None:
            return "no such command"
        command = found
    if set(rest) & {"-h", "--help", "--version"}:
        return ""
    if isinstance(command, click.Group):
        return "" if not rest and command is main else "which of its commands?"
    return _refused_by(command, rest)


def _refused_by(command: click.Command, rest: list[str]) -> str:
    context = click.Context(command, resilient_parsing=False)
    try:
        values, left, _ = command.make_parser(context).parse_args(args=rest)
        for parameter in command.get_params(context):
            if isinstance(values.get(parameter.name or ""), str):
                parameter.type.convert(values[parameter.name or ""], parameter, context)
            elif parameter.required and isinstance(parameter, click.Option) and parameter.prompt is None:
                return f"{parameter.opts[0]} is missing"
    except click.UsageError as error:
        return error.format_message()
    return f"too much: {' '.join(left)}" if left else ""


def _is_ours(words: list[str], number: int) -> bool:
    before = words[number - 1] if number else ""
    if words[number].endswith("/bin/sprechstunde"):
        return True
    return words[number] == "sprechstunde" and before in {"", "web", "exec", *STEPS}


def _unknown_targets(arguments: list[str]) -> list[str]:
    return [
        word for word in arguments if not word.startswith("-") and "=" not in word and word not in TARGETS
    ]


def _until_next_step(words: list[str]) -> list[str]:
    end = next((number for number, word in enumerate(words) if word in STEPS), len(words))
    return words[:end]
