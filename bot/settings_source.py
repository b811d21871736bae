"""How settings are read from files, and how a refusal is worded."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from bot.errors import SetupError


class SecretFiles(PydanticBaseSettingsSource):
    """Reads each secret setting `NAME` from the file that `NAME_FILE` names.

    Raises:
        SetupError: the file cannot be read or is empty, or both `NAME` and `NAME_FILE` are set.
    """

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        name = setting_name(field_name)
        path = os.environ.get(f"{name}_FILE")
        if not path or not is_secret(field):
            return None, field_name, False
        if os.environ.get(name):
            raise SetupError(f"{name} and {name}_FILE are both set. Keep one of the two.")
        return _read(f"{name}_FILE", path), field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields.items()
        found = ((name, self.get_field_value(field, name)[0]) for name, field in fields)
        return {name: value for name, value in found if value is not None}


def setting_name(field_name: str) -> str:
    """Return the environment variable of a field: `port` -> `BOT_PORT`."""
    return f"BOT_{field_name}".upper()


def is_secret(field: FieldInfo) -> bool:
    """Whether a setting's value must never be shown, and may come from a file."""
    return "SecretStr" in str(field.annotation)


def refusal(settings: type[BaseSettings], error: ValidationError) -> str:
    """Word one sentence for each bad setting: its name, what is wrong, how to mend it; secrets are not repeated."""
    lines = []
    for problem in error.errors():
        field_name = str(problem["loc"][0])
        field = settings.model_fields.get(field_name)
        mend = f" {field.description}" if field and field.description else ""
        secret = field is None or is_secret(field) or isinstance(problem["input"], SecretStr)
        shown = "" if secret else f" (got {str(problem['input'])!r})"
        reason = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{setting_name(field_name)} is wrong: {reason[0].lower()}{reason[1:]}{shown}.{mend}")
    return "\n".join(lines)


def _read(name: str, path: str) -> str:
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"{name} names {path}, which cannot be read ({error}). Give a readable text file.") from None
    if not value:
        raise SetupError(f"{name} names {path}, which is empty. Put the secret's value into it.")
    return value
