// A folder of its own for each run; gone when the process ends.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

export function temporaryFolder(name) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `${name}-`));
  fs.chmodSync(folder, 0o755); // nginx' workers run as another user
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}
