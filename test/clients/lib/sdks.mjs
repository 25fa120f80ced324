// Libraries: small programs that print one JSON line for each step.
import { run } from '../../peers/lib/processes.mjs';
import { goPart, newHome, pythonPart } from './parts.mjs';

const sdk = (name, part) => ({
  name, ...part,
  async drive({ resource }) {
    const { output } = await run(name, part.file, [...part.args, resource], { env: newHome() });
    return output.split('\n').filter((line) => line.startsWith('{"')).map((line) => JSON.parse(line));
  },
});

export const fastmcp = sdk('FastMCP', pythonPart('fastmcp', 'fastmcp', 'fastmcp_client.py'));
export const pythonSdk = sdk('Python SDK 1', pythonPart('python-sdk', 'mcp', 'python_sdk_client.py'));
export const goSdk = sdk('go-sdk', goPart());
