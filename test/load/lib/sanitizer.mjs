// A sanitizer's build of the modules in a plain nginx, as in test/prove: TEST_NGINX_PRELOAD names its libraries.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { cleanEnvironment } from '../../peers/lib/processes.mjs';

const ours = /ngx_http_(auth_jwt|auth_oauth2_token|mcp_resource)_module\.so/;

export function sanitized(folder) {
  const { TEST_NGINX_PRELOAD: libraries } = process.env;
  if (!libraries) return cleanEnvironment();
  const log = `log_path=${folder}/sanitizer`;
  return cleanEnvironment({
    LD_PRELOAD: libraries,
    ASAN_OPTIONS: `detect_leaks=1:detect_stack_use_after_return=1:${log}`,
    UBSAN_OPTIONS: `print_stacktrace=1:${log}`,
    LSAN_OPTIONS: 'exitcode=0', // leaks are judged here
  });
}

// Every error counts; a leak only when one of our modules stands in its stack.
const errorsOf = (report) => (report.includes('LeakSanitizer') ? report.split('\n\n').filter((part) => /^(Direct|Indirect) leak/.test(part) && ours.test(part)) : [report]);

export function assertNoReports(folder) {
  const files = fs.readdirSync(folder).filter((name) => name.startsWith('sanitizer.'));
  assert.deepEqual(files.flatMap((name) => errorsOf(fs.readFileSync(`${folder}/${name}`, 'utf8'))), []);
}
