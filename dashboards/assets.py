"""Streamlit's own files, compressed once each: as they are, a visit takes megabytes."""

import asyncio
import gzip

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATIC = "/static/"
TYPES = ("text/javascript", "application/javascript", "text/css")
# What holds of the compressed file too; its length and its versions are others.
KEPT_HEADERS = ("cache-control", "content-type")


class CompressedAssets:
    """Answers with compressed scripts and styles, kept from the first request on.

    They never change while the server runs, and take less than 10 MB.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.kept: dict[str, Response] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if not _may_be_compressed(scope):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if path not in self.kept:
            response = await self._ask(scope)
            kind = response.headers.get("content-type", "").partition(";")[0]
            if response.status_code != 200 or kind not in TYPES:
                await response(scope, receive, send)
                return
            self.kept[path] = await asyncio.to_thread(_compressed, response)
        await self.kept[path](scope, receive, send)

    async def _ask(self, scope: Scope) -> Response:
        response = Response()
        parts = []

        # Never that the reader is gone: half a file would be kept for all others.
        async def receive() -> Message:
            never: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
            return await never

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                response.status_code = message["status"]
                response.raw_headers = list(message["headers"])
            else:
                parts.append(message.get("body", b""))

        # The whole file: a browser that has it does not ask.
        headers = [
            (name, value)
            for name, value in scope["headers"]
            if name not in (b"if-modified-since", b"if-none-match")
        ]
        await self.app({**scope, "headers": headers}, receive, collect)
        response.body = b"".join(parts)
        return response


def _may_be_compressed(scope: Scope) -> bool:
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    headers = Headers(scope=scope)
    return (
        scope["path"].startswith(STATIC)
        and "gzip" in headers.get("accept-encoding", "")
        and "range" not in headers
    )


def _compressed(response: Response) -> Response:
    headers = response.headers
    kept = {name: headers[name] for name in KEPT_HEADERS if name in headers}
    return Response(
        gzip.compress(bytes(response.body), mtime=0),
        headers=kept | {"content-encoding": "gzip", "vary": "accept-encoding"},
    )
