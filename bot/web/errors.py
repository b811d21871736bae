"""One shape for every error: `{"error": {"code", "message"}}`, with the right status."""

from __future__ import annotations

import math
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from bot import errors

STATUS: dict[type[errors.HandrailError], int] = {
    errors.ConversationNotFound: 404,
    errors.HandoffNotFound: 404,
    errors.WrongToken: 401,
    errors.NotAllowed: 403,
    errors.AlreadyClaimed: 409,
    errors.HandoffClosed: 409,
    errors.RateLimited: 429,
    errors.BadInput: 400,
    errors.StorageRefused: 503,
    errors.HandrailError: 500,
}
MAX_MESSAGE = 300
WORDING = {
    "storage_refused": "We cannot take messages just now. Please try again in a minute.",
    "internal_error": "Something went wrong on our side. Please try again in a minute.",
    "not_found": "There is nothing at this address.",
    "method_not_allowed": "This address does not take that kind of request.",
    "invalid_json": "The request's body is not valid JSON in UTF-8.",
    "unsupported_media_type": "Send JSON, with the header Content-Type: application/json.",
    "content_too_large": "The request is too large.",
}


class ErrorBody(BaseModel):
    """A stable `code` for programs, and a sentence for people: what is wrong and how to mend it."""

    code: str
    message: str


class ErrorOut(BaseModel):
    """The shape of every error."""

    error: ErrorBody


def error_response(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return the error shape; an empty message takes the code's own wording."""
    text = message or WORDING.get(code) or HTTPStatus(status).phrase
    shown = text[:MAX_MESSAGE].encode("utf-8", "replace").decode()  # it may name a field that is no valid text
    return JSONResponse({"error": {"code": code, "message": shown}}, status, headers)


def install(app: FastAPI) -> None:
    """Make every error of `app` take the shape."""
    app.add_exception_handler(errors.HandrailError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)


async def _ours(_: Request, error: Exception) -> Response:
    kind = next(kind for kind in type(error).__mro__ if kind in STATUS)
    status, headers = STATUS[kind], {}
    if isinstance(error, errors.RateLimited):
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, errors.WrongToken):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.StorageRefused):
        headers["Retry-After"] = "30"
    code = getattr(error, "code", "internal_error")
    shown = str(error) if isinstance(error, errors.BadInput) else ""
    return error_response(status, code, shown, headers)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.detail == "There was an error parsing the body":  # FastAPI's words for bytes that are no text
        return error_response(400, "invalid_json", "")
    phrase = HTTPStatus(error.status_code).phrase
    # Python's phrase for 413 changed between versions; a code may not.
    code = "content_too_large" if error.status_code == 413 else phrase.lower().replace(" ", "_").replace("-", "_")
    detail = "" if error.detail in (phrase, None) else str(error.detail)
    return error_response(error.status_code, code, detail, dict(error.headers or {}))


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    sent = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if any(problem["loc"][:1] == ("body",) for problem in problems) and sent != "application/json":
        return error_response(415, "unsupported_media_type", "")
    if any(problem["type"] == "json_invalid" for problem in problems):
        return error_response(400, "invalid_json", "")
    return error_response(400, "bad_input", "; ".join(_sentence(problem) for problem in problems))


def _sentence(problem: dict[str, Any]) -> str:
    place = ".".join(str(part) for part in problem["loc"][1:]) or str(problem["loc"][0])
    return f"{place}: {problem['msg']}"
