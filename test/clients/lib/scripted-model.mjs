// A "model" for agents that want one: it does what the prompt says, "please call TOOL with NAME=VALUE", by the tool whose
// name ends so, and then ends its turn. Speaks OpenAI's chat completions and Gemini's generateContent, on loopback.
//
// model.results: what the agent gave back for each call, as text: what a model is told, refusals among it.
// model.offered: the names of the tools that were offered last; model.missed: how often the wanted one was not among them.
import http from 'node:http';

const bodyOf = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString() || '{}');
};

const wish = (prompt) => {
  const found = /please call (\w+) with (\w+)=(\w+)/.exec(prompt);
  return found && { tool: found[1], args: { [found[2]]: /^\d+$/.test(found[3]) ? Number(found[3]) : found[3] } };
};
const offered = (names, tool) => names.find((name) => new RegExp(`(^|[^a-z])${tool}$`).test(name));
const text = (content) => (typeof content === 'string' ? content : (content ?? []).map((part) => part.text ?? '').join(''));

// The last wish, unless it was granted: { name, args } or { said }.
function next(prompts, names, results) {
  const wanted = wish(prompts.at(-1) ?? '');
  if (!wanted || results.length > 0) return { said: 'done' };
  const name = offered(names, wanted.tool);
  return name ? { name, args: wanted.args } : { said: `there is no tool ${wanted.tool}`, missed: true };
}

function chat({ messages, tools = [] }) {
  const last = messages.findLastIndex(({ role, content }) => role === 'user' && wish(text(content)));
  const results = messages.slice(last + 1).filter(({ role }) => role === 'tool').map(({ content }) => text(content));
  const names = tools.map((tool) => tool.function.name);
  return { results, names, ...next(last < 0 ? [] : [text(messages[last].content)], names, results) };
}

// As a chunk of a stream, or whole.
function chatAnswer({ name, args, said }, streams) {
  const call = { index: 0, id: 'call1', type: 'function', function: { name, arguments: JSON.stringify(args) } };
  const message = name ? { role: 'assistant', content: null, tool_calls: [call] } : { role: 'assistant', content: said };
  const choice = { index: 0, [streams ? 'delta' : 'message']: message, finish_reason: name ? 'tool_calls' : 'stop' };
  return { id: 'c1', object: streams ? 'chat.completion.chunk' : 'chat.completion', created: 1, model: 'scripted', choices: [choice] };
}

function gemini({ contents, tools = [] }) {
  const parts = contents.flatMap(({ role, parts: list }) => list.map((part) => ({ role, ...part })));
  const last = parts.findLastIndex(({ role, text: said }) => role === 'user' && said && wish(said));
  const results = parts.slice(last + 1).filter((part) => part.functionResponse).map((part) => JSON.stringify(part.functionResponse.response));
  const names = tools.flatMap((tool) => tool.functionDeclarations ?? []).map(({ name }) => name);
  return { results, names, ...next(last < 0 ? [] : [parts[last].text], names, results) };
}
const geminiAnswer = ({ name, args, said }) => ({
  candidates: [{ index: 0, finishReason: 'STOP', content: { role: 'model', parts: [name ? { functionCall: { name, args } } : { text: said }] } }],
  usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 },
});

const sendJson = (response, body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));

export async function startScriptedModel() {
  const model = { results: [], offered: [], missed: 0 };
  const server = http.createServer(async (request, response) => {
    const body = await bodyOf(request);
    if (request.url.includes('/models') && request.method === 'GET')
      return sendJson(response, { object: 'list', data: [{ id: 'scripted', object: 'model' }] });
    if (request.url.includes(':countTokens')) return sendJson(response, { totalTokens: 1 });
    const isGemini = request.url.includes('enerateContent');
    const turn = isGemini ? gemini(body) : chat(body);
    if (turn.names.length > 0) model.offered = turn.names;
    if (turn.missed) model.missed++;
    if (turn.results.length > 0) model.results.push(turn.results.at(-1));
    const streams = isGemini ? request.url.includes('stream') : body.stream;
    const answer = isGemini ? geminiAnswer(turn) : chatAnswer(turn, streams);
    if (!streams) return sendJson(response, answer);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    return response.end(`data: ${JSON.stringify(answer)}\n\n${isGemini ? '' : 'data: [DONE]\n\n'}`);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  model.url = `http://127.0.0.1:${server.address().port}`;
  model.stop = () => { server.closeAllConnections(); server.close(); };
  return model;
}
