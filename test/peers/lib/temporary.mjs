// A folder of its own for each run; gone when the process ends.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const folders = new Set();
process.on('exit', () => folders.forEach((folder) => fs.rmSync(folder, { recursive: true, force: true })));

export function temporaryFolder(name) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`));
  fs.chmodSync(folder, 0o755); // nginx' workers run as another user
  folders.add(folder);
  return folder;
}
