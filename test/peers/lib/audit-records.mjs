// Lines of $mcp_audit in a file, each checked against docs/schemas/audit-record-1.schema.json.
import fs from 'node:fs';
import { createRequire } from 'node:module';

const Ajv = createRequire(import.meta.url)('ajv/dist/2020').default;
const schema = JSON.parse(fs.readFileSync(new URL('../../../docs/schemas/audit-record-1.schema.json', import.meta.url), 'utf8'));

export const isRecord = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(schema);

export const linesOf = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);

export function recordsIn(file) {
  return linesOf(file).map((line) => {
    const record = JSON.parse(line);
    if (!isRecord(record)) throw new Error(`${line}: ${JSON.stringify(isRecord.errors)}`);
    return record;
  });
}
