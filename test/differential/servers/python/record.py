"""The record of what ran: one line each, in the file that the environment names, with the mark of its request."""

import os
import threading
import time
from contextvars import ContextVar

port = int(os.environ["PORT"])
mark = ContextVar("mark", default="-")


def record(what: str) -> str:
    with open(os.environ["RECORD"], "a") as file:
        file.write(f"{what} {mark.get()}\n")
    return "done"


class Marked:
    """ASGI middleware: what a request starts sees the mark in its header."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        for name, value in scope.get("headers", []):
            if name == b"x-mark":
                mark.set(value.decode("latin-1"))
        await self.app(scope, receive, send)


def end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


threading.Thread(target=end_with_parent, args=(os.getppid(),), daemon=True).start()
