// The results as Markdown: what is printed can be put into docs/dev/BENCHMARKS.md as it is.
const fixed = (value, digits) => (Number.isFinite(value) ? value.toFixed(digits) : '-');
const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
const row = (cells) => `| ${cells.join(' | ')} |`;
const table = (head, rows) => [row(head), row(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(row)].join('\n');

const judged = (holds, text) => `${text}: ${holds ? 'yes' : '**no**'}`;

// What is left of a cold request's CPU time when bare nginx' and OpenSSL's verification are taken away.
export const ownMicroseconds = ({ cpuPerRequest, bareCpu, algorithm }, core) =>
  cpuPerRequest - bareCpu - (core?.[`openssl_alone/${algorithm}`] ?? NaN);
const ownReach = 4;

function reached(result, core) {
  if (result.rounds === 0) return 'disturbed throughout';
  if (result.algorithm !== undefined) {
    const own = ownMicroseconds(result, core);
    return Number.isFinite(own) ? judged(own <= ownReach, `+${fixed(own, 1)} µs ≤ ${ownReach}`) : '-';
  }
  return result.reach === undefined ? '' : judged(result.ratio >= result.reach, `≥ ${result.reach.toFixed(2)}`);
}

// baseline: what the results are compared with.
export function requestsTable(results, core, baseline = 'bare') {
  return table(['work', 'requests/s', `of ${baseline}`, `of ${baseline}, by CPU`, `CPU µs (${baseline})`, 'p50 / p99 µs', 'rounds', 'reach'],
    results.map((r) => [r.name, fixed(r.perSecond, 0), fixed(r.ratio, 3), fixed(r.cpuRatio, 3), `${fixed(r.cpuPerRequest, 1)} (${fixed(r.bareCpu, 1)})`,
      `${fixed(r.p50, 0)} / ${fixed(r.p99, 0)}`, r.rounds, reached(r, core)]));
}

export function memoryTable(memory) {
  return table(['worker memory, MB', 'at the start', 'after its rounds', 'above bare', 'of it private', 'private, above bare'],
    Object.entries(memory).map(([name, { first, last }]) => [name, megabytes(first.all), megabytes(last.all), megabytes(last.all - memory.bare.last.all),
      megabytes(last.private), megabytes(last.private - memory.bare.last.private)]));
}

// waits: { name: { p50, p99 } }
export const waitsTable = (waits) =>
  table(['one request at a time', 'p50 µs', 'p99 µs'], Object.entries(waits).map(([name, { p50, p99 }]) => [name, fixed(p50, 0), fixed(p99, 0)]));

export const streamsTable = ({ first, idle }) => [
  table(['first event of a stream', 'p50 µs', 'p99 µs'],
    ['bare', 'native'].map((name) => [name, fixed(first[name].p50, 0), fixed(first[name].p99, 0)])),
  '',
  table([`${idle.count.toLocaleString('en')} idle streams`, 'KB each', 'CPU %', 'requests/s meanwhile'],
    ['bare', 'native'].map((name) => [name, fixed(idle[name].bytesPerStream / 1000, 2), fixed(idle[name].idleCpu * 100, 2), fixed(idle[name].perSecond, 0)])),
].join('\n');

export const coreTable = (core) => table(['function of the core', 'CPU µs'], Object.entries(core).map(([name, us]) => [`\`${name}\``, fixed(us, 3)]));

export const instructionsTable = (counts) =>
  table(['instructions per request (callgrind)', 'count', 'above bare'],
    Object.entries(counts).map(([name, count]) => [name, Math.round(count).toLocaleString('en'), name === 'bare' ? '' : Math.round(count - counts.bare).toLocaleString('en')]));

// The first of them is what the others are compared with.
export function optionsTable(counts) {
  const [, first] = Object.entries(counts)[0];
  const percent = (count) => `${((count / first - 1) * 100).toFixed(1)} %`;
  return table(['instructions per request (callgrind)', 'count', 'more', 'share'],
    Object.entries(counts).map(([name, count], i) => [name, Math.round(count).toLocaleString('en'), ...(i === 0 ? ['', ''] : [Math.round(count - first).toLocaleString('en'), percent(count)])]));
}
