"""The console's two cookies: the session's, and one that ties a stranger's form to the browser it was shown in."""

from __future__ import annotations

from fastapi import Request, Response


class Cookies:
    """Over https the names carry `__Host-`, which browsers only accept from this very host, secure, for every path."""

    def __init__(self, secure: bool) -> None:
        self._secure = secure
        prefix = "__Host-" if secure else ""
        self._session = f"{prefix}handrail_session"
        self._stranger = f"{prefix}handrail_form"

    def session(self, request: Request) -> str | None:
        return request.cookies.get(self._session)

    def stranger(self, request: Request) -> str | None:
        return request.cookies.get(self._stranger)

    def open_session(self, response: Response, token: str) -> None:
        self._set(response, self._session, token)
        self._delete(response, self._stranger)

    def close_session(self, response: Response) -> None:
        self._delete(response, self._session)

    def know_stranger(self, response: Response, token: str) -> None:
        self._set(response, self._stranger, token)

    def _set(self, response: Response, name: str, value: str) -> None:
        response.set_cookie(name, value, path="/", httponly=True, samesite="lax", secure=self._secure)

    def _delete(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", httponly=True, samesite="lax", secure=self._secure)
