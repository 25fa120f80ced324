"""The Python SDK, version 1, with a browser and a callback of ours: python_sdk_client.py URL."""
import asyncio
import sys
import webbrowser
from urllib.parse import parse_qs, urlsplit

from mcp import ClientSession
from mcp.client.auth import OAuthClientProvider
from mcp.client.streamable_http import streamablehttp_client
from mcp.shared.auth import OAuthClientMetadata

from steps import reasons, tell, tell_all


class MemoryStorage:
    tokens = None
    client = None

    async def get_tokens(self):
        return self.tokens

    async def set_tokens(self, tokens):
        self.tokens = tokens

    async def get_client_info(self):
        return self.client

    async def set_client_info(self, client):
        self.client = client


class Callback:
    """One request to the redirect URI after the other."""

    def __init__(self):
        self.answers = asyncio.Queue()

    async def listen(self):
        server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/callback"

    async def answer(self, reader, writer):
        target = (await reader.readline()).split()[1].decode()
        query = parse_qs(urlsplit(target).query)
        await self.answers.put((query.get("code", [""])[0], query.get("state", [None])[0]))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


async def open_browser(url):
    await asyncio.to_thread(webbrowser.open, url)


async def main(url):
    callback = Callback()
    redirect = await callback.listen()
    provider = OAuthClientProvider(
        url,
        OAuthClientMetadata(client_name="python-sdk-1", redirect_uris=[redirect], token_endpoint_auth_method="none"),
        MemoryStorage(),
        redirect_handler=open_browser,
        callback_handler=callback.answers.get,
    )
    try:
        async with streamablehttp_client(url, auth=provider) as (read, write, _), ClientSession(read, write) as session:
            await session.initialize()
            tell("login", True)

            async def names():
                return [tool.name for tool in (await session.list_tools()).tools]

            await tell_all(names, session.call_tool, lambda result: result.content[0].text)
    except BaseException as error:
        tell("end", False, reasons(error))


asyncio.run(main(sys.argv[1]))
