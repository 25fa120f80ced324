// The page of MCP Inspector, as `npx @modelcontextprotocol/inspector --web URL` shows it.
import { freshHome, program } from '../peers/lib/packaged-clients.mjs';
import { start } from '../peers/lib/processes.mjs';

export async function startInspector(url) {
  const env = { ...freshHome(), MCP_AUTO_OPEN_ENABLED: 'false', MCP_INSPECTOR_SECRET_STORE: 'memory' };
  const ready = ({ output }) => /http:\/\/127\.0\.0\.1:\d+\?MCP_INSPECTOR_API_TOKEN=\w+/.exec(output)?.[0];
  return start('Inspector', process.execPath, [program('@modelcontextprotocol/inspector', 'mcp-inspector'), '--web', url, '--transport', 'http'], { env, cwd: env.HOME, ready });
}

export const connect = (tab) => tab.getByLabel(/Connect or disconnect/).first().click({ force: true });

export const connected = (tab) => tab.getByText('Connected', { exact: true }).waitFor();

export async function showTools(tab) {
  await tab.locator('label', { hasText: /^Tools$/ }).click();
  await tab.getByText('echo', { exact: true }).first().waitFor();
  await tab.getByText('Read-only session').waitFor({ state: 'hidden' }); // the page before has faded out
}
