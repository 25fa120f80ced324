// A real Jaeger, which keeps in memory what it is sent: OTLP/HTTP in JSON, as nginx sends it, and its API for queries.
import assert from 'node:assert/strict';
import { freePort, start, until } from '../../peers/lib/processes.mjs';

// Of all that Jaeger listens on, only the API and OTLP/HTTP are of use: the rest gets a port that is free.
const unused = [
  'admin.http.host-port', 'http-server.host-port', 'query.grpc-server.host-port',
  'collector.grpc-server.host-port', 'collector.http-server.host-port', 'collector.otlp.grpc.host-port',
  ...['jaeger-binary', 'jaeger-compact', 'zipkin-compact'].map((name) => `processor.${name}.server-host-port`),
];
const optionsOf = (addresses) => Object.entries(addresses).map(([name, address]) => `--${name}=${address}`);

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
  const [query, otlp] = [`127.0.0.1:${await freePort()}`, `127.0.0.1:${await freePort()}`];
  const options = optionsOf({
    ...Object.fromEntries(unused.map((name) => [name, '127.0.0.1:0'])),
    'query.http-server.host-port': query, 'collector.otlp.http.host-port': otlp,
  });
  const jaeger = new Jaeger(`http://${query}`, `http://${otlp}`);
  const isReady = () => fetch(`${jaeger.query}/api/services`).then(({ ok }) => ok || undefined, () => undefined);
  await start('jaeger', binary, ['--collector.otlp.enabled', ...options], { ready: isReady });
  return jaeger;
}
