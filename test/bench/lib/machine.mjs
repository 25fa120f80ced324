// What the kernel knows: whose CPU time, how much memory, and whether others were at work. Linux only.
import fs from 'node:fs';
import os from 'node:os';

const ticksPerSecond = 100; // USER_HZ: /proc/stat counts in these, whatever the kernel's own clock is

// The server that is measured has a CPU for itself; everything else runs on the others.
export const measuredCpu = 0;
export const otherCpus = os.cpus().map((_, cpu) => cpu).filter((cpu) => cpu !== measuredCpu);
export const cpuMask = (cpus) => Array.from({ length: os.cpus().length }, (_, cpu) => (cpus.includes(cpu) ? '1' : '0')).reverse().join('');

export const workersOf = (pid) => fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

// Microseconds on a CPU since the process began.
export const cpuMicroseconds = (pid) => Number(fs.readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;

const isKernelThread = 0x00200000; // PF_KTHREAD: works for whoever causes the work, mostly for the bench

const ticksOf = (pid) => {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  if (fields[6] & isKernelThread) return 0;
  return [fields[11], fields[12], fields[13], fields[14]].map(Number).reduce((a, b) => a + b); // its own, its children's
};

// Seconds of CPU, since each began, of every process but those of the bench; and what a hypervisor took away.
export function foreignSeconds(ours) {
  const stolen = Number(fs.readFileSync('/proc/stat', 'utf8').split('\n')[0].split(/\s+/)[8]);
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name) && !ours.has(Number(name)));
  return [stolen, ...pids.map(ticksIfAlive)].reduce((a, b) => a + b) / ticksPerSecond;
}

function ticksIfAlive(pid) {
  try {
    return ticksOf(pid);
  } catch {
    return 0; // it has ended: its parent has its time
  }
}

function residentBytes(pid, kind) {
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`^${kind}:\\s+(\\d+)`, 'm').exec(status)[1]) * 1024;
}

// Of one process alone: its heap and what it wrote to. Memory shared between workers (zones) is not counted.
export const privateBytes = (pid) => residentBytes(pid, 'RssAnon');
// With the pages of programs and libraries, which all workers share.
export const memoryBytes = (pid) => privateBytes(pid) + residentBytes(pid, 'RssFile');

export const description = () => {
  const cpus = os.cpus();
  return `${cpus.length} CPUs (${cpus[0].model.trim()}), Linux ${os.release()}`;
};

// Of this process and those that it starts.
export const openFilesLimit = () => Number(/^Max open files\s+(\d+)/m.exec(fs.readFileSync('/proc/self/limits', 'utf8'))[1]);
