// The record of what real clients did at real MCP servers.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { recordsIn } from '../peers/lib/audit-records.mjs';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { bearer, mcpCall, request } from '../peers/lib/http.mjs';
import { stopAll, until } from '../peers/lib/processes.mjs';
import { startMcpServer, startServerEverything } from '../peers/lib/servers.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { goodClaims, now, signedToken } from '../peers/lib/tokens.mjs';
import { connectClient } from '../peers/sdk-client.mjs';

for (const [name, backend] of [['a 2026-07-28 server', startMcpServer], ['a 2025-11-25 server with sessions', startServerEverything]])
  describe(`In front of ${name}`, () => {
    const file = `${temporaryFolder('records')}/audit.log`;
    const has = (says) => (record) => Object.entries(says).every(([member, value]) => record[member] === value);
    const operation = (record) => record.operations?.[0];
    const recordOf = async (wanted) => {
      let record;
      await until(() => { record = recordsIn(file).find(wanted); return record; });
      return record;
    };
    let stack;
    before(async () => {
      stack = await startStack({
        mode: 'native', backend,
        extraHttp: 'log_format mcp_audit escape=none $mcp_audit;',
        rules: `mcp_observe on; mcp_scope mcp:write tool=print*; access_log ${file} mcp_audit if=$mcp_audit;`,
      });
    });
    after(async () => {
      await stopAll();
      assertCleanLog(stack.nginx);
    });

    test('A call of an SDK client is recorded with who, what and how it went', async () => {
      const { client, authProvider } = await connectClient(stack.resource);
      await client.callTool({ name: 'echo', arguments: { message: 'a secret of mine' } });
      await client.close();
      const call = await recordOf((record) => operation(record)?.name === 'echo');
      const { client_id: clientId } = await authProvider.clientInformation();
      assert.deepEqual([call.decision, call.iss, call.client, call.resource, call.status], ['pass', stack.issuer, clientId, stack.resource, 200]);
      assert.match(call.scopes, /mcp:read/);
      assert.ok(call.sub && call.revision && call.backend_ms >= 0);
      const { method, outcome, id } = operation(call);
      assert.deepEqual([method, outcome], ['tools/call', 'success']);
      assert.ok(id !== undefined);
      const first = recordsIn(file)[0];
      assert.deepEqual([first.decision, first.reason, first.sub], ['refuse', 'credentials_missing', undefined], 'the 401 that begins the login');
    });

    test('A tool that the server does not know is recorded as a failure of the call, and not of the authorization', async () => {
      const { client } = await connectClient(stack.resource);
      await client.callTool({ name: 'no-such-tool', arguments: {} }).catch(() => {});
      await client.close();
      const call = await recordOf((record) => operation(record)?.name === 'no-such-tool');
      assert.equal(call.decision, 'pass');
      assert.match(operation(call).outcome, /^(tool_error|error)$/);
    });

    test('A refusal is found by the id that its client was told', async () => {
      const token = await signedToken(stack.keysFile, { ...goodClaims(stack.issuer, stack.resource), sub: 'mallory' });
      const { body } = await mcpCall(stack.resource, 'tools/call', { name: 'printEnv', arguments: {} }, bearer(token));
      const { decision_id: id } = JSON.parse(body).error.data;
      const refusal = await recordOf(has({ id }));
      assert.deepEqual([refusal.reason, refusal.sub, refusal.missing, operation(refusal).name], ['scope_insufficient', 'mallory', 'mcp:write', 'printEnv']);
      assert.match(stack.nginx.errorLog(), new RegExp(`\\(${id}\\)`));
    });

    test('No token, no argument and nothing of an expired token is in any record', async () => {
      const expired = await signedToken(stack.keysFile, { ...goodClaims(stack.issuer, stack.resource), sub: 'gone', exp: now() - 60 });
      await request(stack.resource, { headers: bearer(expired) });
      await recordOf(has({ reason: 'expired' }));
      const text = fs.readFileSync(file, 'utf8');
      for (const secret of ['a secret of mine', 'gone', 'eyJ', ...expired.split('.').slice(1)]) assert.ok(!text.includes(secret), secret);
    });
  });
