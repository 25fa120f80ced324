// Alternation: bare, variant, bare, variant, ... A variant's ratio is to the mean of the bare runs just before and behind
// it (or of another server's, its baselineServer), so that a machine that becomes slower meanwhile changes nothing. Rounds
// that others disturbed are measured again.
import { measure } from './load.mjs';
import { quantile } from './quantile.mjs';

const disturbance = 0.05; // of one CPU, by processes that are none of ours
const drift = 0.10; // between the bare runs on both sides
const attempts = 3;

export function complaint(before, result, after) {
  const worst = Math.max(before.foreign, result.foreign, after.foreign);
  if (worst > disturbance) return `other processes used ${(worst * 100).toFixed(0)} % of a CPU`;
  const change = Math.abs(before.perSecond - after.perSecond) / Math.max(before.perSecond, after.perSecond);
  if (change > drift) return `bare nginx itself changed by ${(change * 100).toFixed(0)} %`;
  return undefined;
}

async function undisturbed(site, variant, say) {
  const baseline = () => measure({ server: site.servers[variant.baselineServer ?? 'bare'], load: variant.baselineLoad, seconds: site.seconds, ours: site.ours });
  let before = await baseline();
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const asked = await site.introspections();
    const result = await measure({ server: site.servers[variant.server], load: variant.load, seconds: site.seconds, ours: site.ours });
    checkIntrospections(variant, (await site.introspections()) - asked, result.requests);
    const after = await baseline();
    const why = complaint(before, result, after);
    if (why === undefined) return { ...result, bare: mean(before, after) };
    say(`  ${variant.name}: discarded, ${why}`);
    before = after;
  }
  return undefined;
}

const mean = (a, b) => ({ perSecond: (a.perSecond + b.perSecond) / 2, cpuPerRequest: (a.cpuPerRequest + b.cpuPerRequest) / 2 });

// A "hit" that asked the authorization server is none. (Requests that were under way when wrk ended count there alone.)
function checkIntrospections({ name, introspects }, asked, requests) {
  if (introspects === 0 && asked > 0) throw new Error(`${name}: ${asked} introspections`);
  if (introspects === 1 && asked < requests) throw new Error(`${name}: ${asked} introspections for ${requests} requests`);
}

export async function measureRounds(site, variants, rounds, say) {
  const taken = new Map(variants.map((variant) => [variant, []]));
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round} of ${rounds}`);
    for (const variant of variants) {
      const result = await undisturbed(site, variant, say);
      if (result) taken.get(variant).push(result);
    }
  }
  return variants.map((variant) => summary(variant, taken.get(variant), rounds));
}

function summary({ name, group, reach, algorithm, server, baselineServer = 'bare' }, results, rounds) {
  const of = (read) => (results.length === 0 ? NaN : quantile(results.map(read), 0.5));
  return {
    name, group, reach, algorithm, server, baselineServer, rounds: results.length, discarded: rounds - results.length,
    perSecond: of((r) => r.perSecond),
    ratio: of((r) => r.perSecond / r.bare.perSecond),
    cpuRatio: of((r) => r.bare.cpuPerRequest / r.cpuPerRequest),
    cpuPerRequest: of((r) => r.cpuPerRequest),
    bareCpu: of((r) => r.bare.cpuPerRequest),
    barePerSecond: of((r) => r.bare.perSecond),
    utilization: of((r) => r.utilization),
    p50: of((r) => r.p50), p99: of((r) => r.p99),
  };
}
