// What nginx observes (mcp_observe) of real clients and real MCP servers, where no rule reads the body.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { assertCleanLog } from '../peers/lib/expectations.mjs';
import { stopAll, until } from '../peers/lib/processes.mjs';
import { startMcpServer, startServerEverything } from '../peers/lib/servers.mjs';
import { startStack } from '../peers/lib/stack.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';
import { connectClient, connectLegacyClient } from '../peers/sdk-client.mjs';

for (const [name, backend] of [
  ['a 2026-07-28 server', startMcpServer],
  ['a 2025-11-25 server with sessions', startServerEverything],
])
  describe(`In front of ${name}`, () => {
    const log = `${temporaryFolder('observe')}/calls.log`;
    let stack;
    before(async () => {
      stack = await startStack({
        mode: 'native', backend, rules: `mcp_observe on; access_log ${log} calls;`,
        extraHttp: `log_format calls '$mcp_method $mcp_name $mcp_outcome $status $upstream_http_content_type';`,
      });
    });
    after(async () => {
      await stopAll();
      assertCleanLog(stack.nginx);
    });

    // The lines that come while `act` runs, once `expected` is among them.
    async function logged(act, expected) {
      const size = fs.statSync(log).size;
      await act();
      const lines = () => fs.readFileSync(log, 'utf8').slice(size);
      await until(() => expected.test(lines())).catch(() => {});
      assert.match(lines(), expected);
    }

    for (const [generation, connect] of [['SDK v2', connectClient], ['SDK v1', connectLegacyClient]])
      test(`${generation}: each call is known by tool and outcome`, async () => {
        const { client } = await connect(stack.resource);
        await logged(() => client.listTools(), /^tools\/list - success 200/m);
        await logged(() => client.callTool({ name: 'echo', arguments: { message: 'hello' } }), /^tools\/call echo success 200/m);
        await logged(() => client.callTool({ name: 'echo', arguments: { message: 5 } }).catch(() => {}),
          /^tools\/call echo (tool_error|-32602) 200/m);
        await logged(() => client.callTool({ name: 'no-such-tool', arguments: {} }).catch(() => {}),
          /^tools\/call no-such-tool (tool_error|-32602) 200/m);
        await client.close();
      });
  });
