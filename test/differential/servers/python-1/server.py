"""Python SDK v1: FastMCP over Streamable HTTP, stateless, answers in JSON."""

import uvicorn
from mcp.server.fastmcp import FastMCP

from record import Marked, port, record

mcp = FastMCP("python-sdk-1", stateless_http=True, json_response=True, log_level="CRITICAL")


@mcp.tool()
def read_x() -> str:
    return record("tool read_x")


@mcp.tool()
def delete_all() -> str:
    return record("tool delete_all")


@mcp.resource("file:///srv/open.txt")
def open_text() -> str:
    return record("resource open")


@mcp.resource("file:///srv/secret")
def secret() -> str:
    return record("resource secret")


@mcp.resource("file:///srv/private/secret.txt")
def private() -> str:
    return record("resource private")


@mcp.resource("https://docs.example.com/private/page")
def page() -> str:
    return record("resource page")


@mcp.resource("file:///srv/vault/{name}")
def vault(name: str) -> str:
    return record("resource vault" if name == "key" else "resource other")


uvicorn.run(Marked(mcp.streamable_http_app()), host="127.0.0.1", port=port, log_level="critical")
