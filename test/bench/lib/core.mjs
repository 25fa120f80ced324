// Google Benchmark's results for the core's functions, in microseconds of CPU.
import { run } from '../../peers/lib/processes.mjs';
import { measuredCpu } from './machine.mjs';

// binary: core_bench; undefined when the library was not there to build it.
export async function measureCore(binary, rounds) {
  if (binary === undefined) return undefined;
  const { code, output } = await run('core_bench', 'taskset', ['-c', String(measuredCpu), binary, '--benchmark_format=csv',
    '--benchmark_min_time=0.2', `--benchmark_repetitions=${rounds}`, '--benchmark_report_aggregates_only=true'], { timeoutMs: 600_000 });
  const rows = output.split('\n').filter((line) => line.includes('_median"')).map((line) => line.split(','));
  if (code !== 0 || rows.length === 0) throw new Error(`core_bench ended with ${code}:\n${output}`);
  return Object.fromEntries(rows.map(([name, , , cpu, unit]) => [name.replace(/"|_median/g, ''), Number(cpu) * { ns: 1e-3, us: 1, ms: 1e3 }[unit]]));
}
