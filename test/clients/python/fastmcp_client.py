"""FastMCP's client with its own OAuth: fastmcp_client.py URL."""
import asyncio
import sys

from fastmcp import Client

from steps import reasons, tell, tell_all


async def main(url):
    try:
        async with Client(url, auth="oauth") as client:
            tell("login", True)

            async def names():
                return [tool.name for tool in await client.list_tools()]

            await tell_all(names, client.call_tool, lambda result: result.content[0].text)
    except BaseException as error:
        tell("end", False, reasons(error))


asyncio.run(main(sys.argv[1]))
