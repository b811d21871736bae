"""Static files, with headers of their own."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STATIC = Path(__file__).resolve().parent / "static"
ASK_AGAIN = {"Cache-Control": "no-cache"}  # browsers ask whether a file changed, so that an update is seen at once


class Files(StaticFiles):
    """A folder of files, each answered with `headers`."""

    def __init__(self, directory: Path, headers: Mapping[str, str] = ASK_AGAIN) -> None:
        super().__init__(directory=directory)
        self._headers = headers

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers.update(self._headers)
        return response
