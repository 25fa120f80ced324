// The clients people use, as they are packaged: MCP Inspector, Claude Code, mcp-remote.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { claudeCodeList, connectThroughMcpRemote, inspect } from '../peers/lib/packaged-clients.mjs';
import { stopAll } from '../peers/lib/processes.mjs';
import { startMcpServer, startServerEverything } from '../peers/lib/servers.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { issuedToken } from '../peers/lib/tokens.mjs';

const hasEcho = ({ tools }) => tools.some((tool) => tool.name === 'echo');

for (const [name, backend, eras] of [
  ['a 2026-07-28 server', startMcpServer, ['legacy', 'modern']],
  ['a 2025-11-25 server with sessions', startServerEverything, ['legacy']],
])
  describe(`In front of ${name}`, () => {
    let stack;
    let token;
    let wrongToken;
    before(async () => {
      stack = await startStack({ backend });
      token = await issuedToken(stack.issuer, { resource: stack.resource });
      wrongToken = await issuedToken(stack.issuer, { resource: stack.otherResource });
    });
    after(async () => {
      await stopAll();
      assertCleanLog(stack.nginx);
    });

    for (const era of eras) {
      test(`Inspector (${era}) lists the tools with a token in a header`, async () => {
        const { code, output, result } = await inspect(stack.resource, { method: 'tools/list', token, era });
        assert.equal(code, 0, output);
        assert.ok(hasEcho(result), output);
      });

      test(`Inspector (${era}) goes through its OAuth flow by itself`, async () => {
        const { code, output, result } = await inspect(stack.resource, { method: 'tools/list', era });
        assert.equal(code, 0, output);
        assert.ok(hasEcho(result), output);
      });
    }

    test('Inspector fails with a token for another resource', async () => {
      const { code, output, result } = await inspect(stack.resource, { method: 'tools/list', token: wrongToken, interactive: false });
      assert.notEqual(code, 0);
      assert.equal(result, undefined);
      assert.match(output, /auth_required|401/);
    });

    test('Claude Code connects with a token, and asks for a login without one', async () => {
      const list = await claudeCodeList([
        { name: 'with-token', url: stack.resource, token },
        { name: 'without-token', url: stack.resource },
      ]);
      assert.match(list, /with-token: .*Connected/);
      assert.match(list, /without-token: .*Needs authentication/);
    });

    for (const [how, options] of [['with a token in a header', () => ({ token })], ['through its OAuth flow', () => ({})]])
      test(`mcp-remote bridges a stdio client ${how}`, async () => {
        const client = await connectThroughMcpRemote(stack.resource, options());
        assert.ok(hasEcho(await client.listTools()));
        await client.close();
      });
  });
