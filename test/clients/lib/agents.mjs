// Agents: their own login, then tools that the scripted model asks for.
import fs from 'node:fs';
import { run } from '../../peers/lib/processes.mjs';
import { newHome, npmPart, writeJson } from './parts.mjs';
import { startInTerminal } from './terminal.mjs';

const step = (name, ok, said = '') => ({ step: name, ok, said });
const asked = [['call', 'please call echo with message=hello'], ['step-up', 'please call count with n=1'], ['refusal', 'please call whoami with x=1']];
const isResult = { call: /Echo: hello/, 'step-up': /(^|\\n)done(\\n|$)/, refusal: /user-agent/ };

// act(prompt): has the agent do it. What the model was told then is what came of it.
async function askForTools(model, act) {
  const steps = [];
  for (const [name, prompt] of asked) {
    const before = model.results.length;
    await act(prompt, () => model.results.length > before);
    const said = model.results.slice(before).at(-1) ?? 'no result reached the model';
    steps.push(step(name, isResult[name].test(said), said));
  }
  return steps;
}

const opencodePart = npmPart('opencode-ai', 'opencode-linux-x64-baseline/bin/opencode');
export const opencode = {
  name: 'opencode', ...opencodePart,
  async drive({ resource }, model) {
    const env = newHome();
    writeJson(`${env.HOME}/.config/opencode/opencode.json`, {
      autoupdate: false, share: 'disabled', model: 'scripted/scripted',
      provider: { scripted: { npm: '@ai-sdk/openai-compatible', options: { baseURL: `${model.url}/v1`, apiKey: 'x' }, models: { scripted: { tool_call: true } } } },
      mcp: { gateway: { type: 'remote', url: resource, enabled: true } },
    });
    const command = (...args) => run('opencode', opencodePart.file, args, { env, cwd: env.HOME });
    const login = await command('mcp', 'auth', 'gateway');
    const list = await command('mcp', 'list');
    return [step('login', login.output.includes('Authentication successful')), step('list', /gateway.*connected/.test(list.output)),
      ...await askForTools(model, (prompt) => command('run', prompt))];
  },
};

const geminiPart = npmPart('@google/gemini-cli', '@google/gemini-cli/bundle/gemini.js');
export const gemini = {
  name: 'Gemini CLI', ...geminiPart,
  async drive({ resource }, model) {
    const env = newHome({ GEMINI_API_KEY: 'x', GOOGLE_GEMINI_BASE_URL: model.url, NO_PROXY: '127.0.0.1' });
    writeJson(`${env.HOME}/.gemini/settings.json`, {
      mcpServers: { gateway: { httpUrl: resource } }, security: { auth: { selectedType: 'gemini-api-key' }, folderTrust: { enabled: false } },
      privacy: { usageStatisticsEnabled: false }, general: { disableAutoUpdate: true, enableAutoUpdate: false },
    });
    const args = [geminiPart.file, '--model', 'gemini-2.5-flash', '--yolo', '--prompt'];
    let typed = false;
    const login = await startInTerminal('gemini', `${process.execPath} ${args.join(' ')} '/mcp auth gateway'`, {
      env,
      ready({ output }, type) {
        if (!typed && output.includes('[Y/n]')) { typed = true; type('y\r'); }
        return output.includes('Successfully authenticated') || undefined;
      },
    });
    await login.stop();
    const list = await run('gemini', process.execPath, [geminiPart.file, 'mcp', 'list'], { env, cwd: env.HOME });
    return [step('login', login.ready), step('list', /gateway.* - Connected/.test(list.output)),
      ...await askForTools(model, (prompt) => run('gemini', process.execPath, [...args, prompt], { env, cwd: env.HOME }))];
  },
};

// It logs in only where somebody can see a browser: every prompt gets a terminal.
const copilotPart = npmPart('@github/copilot', '@github/copilot/npm-loader.js');
export const copilot = {
  name: 'Copilot CLI', ...copilotPart,
  async drive({ resource }, model) {
    const env = newHome({ COPILOT_OFFLINE: 'true', COPILOT_AUTO_UPDATE: 'false', COPILOT_MODEL: 'scripted', COPILOT_PROVIDER_BASE_URL: `${model.url}/v1` });
    writeJson(`${env.HOME}/.copilot/config.json`, { trustedFolders: [env.HOME] });
    writeJson(`${env.HOME}/.copilot/mcp-config.json`, { mcpServers: { gateway: { type: 'http', url: resource, tools: ['*'] } } });
    const inTerminal = (ready, prompt = '') => startInTerminal('copilot',
      `stty cols 120 rows 40; exec ${process.execPath} ${copilotPart.file} --allow-all-tools ${prompt}`, { env, ready });
    const tokens = `${env.HOME}/.copilot/mcp-oauth-config`;
    const login = await inTerminal(() => (fs.existsSync(tokens) && fs.readdirSync(tokens).some((file) => file.endsWith('.tokens.json'))) || undefined);
    await login.stop();
    // A prompt may be faster than the list of tools.
    const ask = async (prompt, isDone) => {
      for (let attempt = 0; attempt < 4 && !isDone(); attempt++) {
        const { missed } = model;
        const agent = await inTerminal(() => isDone() || model.missed > missed || undefined, `--interactive '${prompt}'`);
        await agent.stop();
      }
    };
    const steps = await askForTools(model, ask);
    return [step('login', login.ready), step('list', model.offered.some((name) => name.endsWith('-echo'))), ...steps];
  },
};
