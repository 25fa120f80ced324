// What the servers offer, and the record of what ran: one line each, in the file that the environment names, with the mark of
// its request.
import fs from 'node:fs';

// Resources by the names that the record has for them.
export const resources = {
  open: 'file:///srv/open.txt',
  secret: 'file:///srv/secret',
  private: 'file:///srv/private/secret.txt',
  page: 'https://docs.example.com/private/page',
};

export const record = (what, headers) => fs.appendFileSync(process.env.RECORD, `${what} ${headers['x-mark'] ?? '-'}\n`);

// Listens where the test said, and ends when the test has ended.
export function serve(server) {
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.exit(), 500).unref();
  server.listen(Number(process.env.PORT), '127.0.0.1');
}
