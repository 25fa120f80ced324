// A real Jaeger, which keeps in memory what it is sent: OTLP/HTTP in JSON, as nginx sends it, and its API for queries.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { freePort, start, until } from '../../peers/lib/processes.mjs';
import { temporaryFolder } from '../../peers/lib/temporary.mjs';

// Without what Jaeger would listen on by default.
const configuration = ({ query, grpc, otlp }) => `
service:
  extensions: [jaeger_storage, jaeger_query]
  pipelines:
    traces: { receivers: [otlp], exporters: [jaeger_storage_exporter] }
  telemetry:
    metrics: { level: none }
extensions:
  jaeger_query:
    storage: { traces: memory }
    http: { endpoint: "127.0.0.1:${query}" }
    grpc: { endpoint: "127.0.0.1:${grpc}" }
  jaeger_storage:
    backends: { memory: { memory: { max_traces: 10000 } } }
receivers:
  otlp: { protocols: { http: { endpoint: "127.0.0.1:${otlp}" } } }
exporters:
  jaeger_storage_exporter: { trace_storage: memory }
`;

const attributesOf = (tags) => Object.fromEntries(tags.map(({ key, value }) => [key, value]));

class Jaeger {
  constructor(query, otlp) {
    this.query = query;
    this.tracesUrl = `${otlp}/v1/traces`;
  }

  async api(path) {
    return (await fetch(`${this.query}/api/${path}`)).json();
  }

  // Spans of a trace: { id, name, service, kind, attributes, references }. References: [{ refType, traceID, spanID }].
  async spans(traceId) {
    const { data } = await this.api(`traces/${traceId}`);
    if (!data?.length) return [];
    const [{ spans, processes }] = data;
    return spans.map(({ spanID, operationName, processID, tags, references }) => {
      const { 'span.kind': kind, ...attributes } = attributesOf(tags);
      return { id: spanID, name: operationName, service: processes[processID].serviceName, kind, attributes, references };
    });
  }

  // Waits until a trace has that many spans.
  async trace(traceId, count) {
    let spans = [];
    await until(async () => { spans = await this.spans(traceId); return spans.length >= count; });
    return spans;
  }

  // As another program would: an OpenTelemetry SDK in a client or a server.
  async send(service, { traceId, spanId, parentSpanId, name, kind, begin, end }) {
    const span = {
      traceId, spanId, parentSpanId, name, kind,
      startTimeUnixNano: String(BigInt(begin) * 1_000_000n), endTimeUnixNano: String(BigInt(end) * 1_000_000n),
    };
    const resource = { attributes: [{ key: 'service.name', value: { stringValue: service } }] };
    const answer = await fetch(this.tracesUrl, {
      method: 'POST', headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] }),
    });
    assert.equal(answer.status, 200, await answer.text());
  }
}

export async function startJaeger(binary) {
  const [query, grpc, otlp] = [await freePort(), await freePort(), await freePort()];
  const folder = temporaryFolder('jaeger');
  fs.writeFileSync(`${folder}/jaeger.yaml`, configuration({ query, grpc, otlp }));
  const jaeger = new Jaeger(`http://127.0.0.1:${query}`, `http://127.0.0.1:${otlp}`);
  const isReady = () => fetch(`${jaeger.query}/api/services`).then(({ ok }) => ok || undefined, () => undefined);
  await start('jaeger', binary, ['--config', `${folder}/jaeger.yaml`], { cwd: folder, ready: isReady });
  return jaeger;
}
