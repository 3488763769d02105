"""A stack's config, or a component's args, as typed settings; each error names the key."""

from guard.rules.words import Secret
from guard.settings.keys import READERS, RETENTION, snake
from guard.settings.model import UNREAD, ObjectLock, Settings, TrailChoice
from guard.settings.reader import Spelling, read
from guard.settings.shapes import ALARMS, GUARD, TRAIL, Shape
from guard.settings.stack import PROJECT, load_stack, stack_config

__all__ = [
    "ALARMS",
    "GUARD",
    "PROJECT",
    "READERS",
    "RETENTION",
    "TRAIL",
    "UNREAD",
    "ObjectLock",
    "Secret",
    "Settings",
    "Shape",
    "Spelling",
    "TrailChoice",
    "load_stack",
    "read",
    "snake",
    "stack_config",
]
