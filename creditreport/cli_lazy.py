"""Commands that are known by name and imported when they are called, so that each start pays for one command alone."""

from __future__ import annotations

from importlib import import_module

import click
from click.shell_completion import CompletionItem


class Announced(click.Command):
    """What a list of commands needs of one: its name and the beginning of its help text, and where it is.

    A test holds the text to what the command says itself.
    """

    def __init__(self, name: str, where: str, text: str) -> None:
        super().__init__(name, help=text)
        self.where = where

    def load(self) -> click.Command:
        """The command itself, from ``module:name``."""
        module, _, attribute = self.where.partition(":")
        found = getattr(import_module(module), attribute)
        if not isinstance(found, click.Command):
            raise TypeError(f"{self.where} is no command")
        return found


class LazyGroup(click.Group):
    """A group that lists its announced commands without importing them."""

    def announce(self, *commands: Announced) -> None:
        """Add commands that stand in modules of their own."""
        for one in commands:
            self.add_command(one)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself; an announced one is imported now."""
        found = super().get_command(ctx, cmd_name)
        return found.load() if isinstance(found, Announced) else found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List them as Click does, by what was announced."""
        click.Group(commands=self.commands).format_commands(ctx, formatter)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete as Click does, by what was announced."""
        visible = ((name, one) for name, one in sorted(self.commands.items()) if not one.hidden)
        names = [
            CompletionItem(name, help=one.get_short_help_str()) for name, one in visible if name.startswith(incomplete)
        ]
        return [*names, *super(click.Group, self).shell_complete(ctx, incomplete)]
