// Sends all attempts to one server through nginx, and says what ran that policy denies.
import { setTimeout as sleep } from 'node:timers/promises';
import { wireOf } from './draft.mjs';
import { policies } from './gateway.mjs';
import { honestRead } from './honest.mjs';
import { fill, send } from './wire.mjs';

const concurrency = 16;
const settleMs = 300; // a handler may still run when its request was given up

// What nginx or the module answers by itself.
const ownRefusals = new Set([400, 401, 403, 405, 413, 415]);
// Of nginx itself: a Transfer-Encoding it does not know, a version of HTTP it does not know.
const nginxOnly = { transfer: [501, 505], 'content encoding': [501] };

export class Campaign {
  violations = [];
  hangs = [];
  oddAnswers = [];
  statuses = {};
  sent = {};

  constructor({ backend, nginx, deadlineMs }) {
    Object.assign(this, { backend, nginx, deadline: Date.now() + deadlineMs });
    this.tokens = Object.fromEntries(Object.entries(policies).map(([policy, { scope }]) => [policy, nginx.token(scope)]));
  }

  async run(attempts) {
    this.attempts = attempts;
    const start = Date.now();
    let next = 0;
    const worker = async () => {
      while (next < attempts.length && Date.now() < this.deadline) await this.#one(next++);
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    this.seconds = Math.round((Date.now() - start) / 1000);
    this.left = attempts.length - next;
    await sleep(settleMs);
    this.#judge(this.backend.ran());
  }

  async #one(i) {
    const { policy, kind, draft } = this.attempts[i];
    const made = draft();
    const bytes = fill(wireOf(made), { server: this.backend.server.name, token: this.tokens[policy], mark: `${policy}-${i}` });
    await this.restarting;
    const answer = await send(this.nginx.socket, bytes, made.pieceSize);
    this.sent[policy] = (this.sent[policy] ?? 0) + 1;
    const counts = (this.statuses[policy] ??= {});
    const what = answer.upstream === undefined ? `${answer.status}` : `${answer.status} (server)`;
    counts[what] = (counts[what] ?? 0) + 1;
    if (answer.status === 'timeout' || ['502', '504'].includes(answer.upstream)) await this.#mayHang(i, answer);
    else if (answer.upstream === undefined) this.#ownAnswer(i, kind, answer);
  }

  #ownAnswer(i, kind, { status, text }) {
    if (ownRefusals.has(status) || status === 'closed') return;
    if (kind.split(' + ').some((one) => nginxOnly[one]?.includes(status))) return;
    this.oddAnswers.push({ ...this.#described(i), answer: text.slice(0, 300), status });
  }

  // No answer in time, or a connection that broke: is the server still there?
  async #mayHang(i, { status, upstream }) {
    if (await honestRead(this.nginx, this.backend)) {
      if (status === 'timeout') this.oddAnswers.push({ ...this.#described(i), status });
      return;
    }
    this.hangs.push({ ...this.#described(i), status: upstream ?? status });
    this.restarting ??= this.backend.restart().finally(() => { this.restarting = undefined; });
    await this.restarting;
  }

  #described(i) {
    const { policy, kind, name, draft } = this.attempts[i];
    const made = draft();
    return { server: this.backend.server.name, policy, kind, name, wire: wireOf(made), pieceSize: made.pieceSize };
  }

  // A mark names the request; what ran without one is nobody's honest request either.
  #judge(ran) {
    for (const { what, mark } of ran) {
      const [policy, i] = mark.split('-');
      if (policy === 'honest') continue;
      if (policies[policy]?.forbids(what) === false) continue;
      const request = this.attempts[i] ? this.#described(i) : { server: this.backend.server.name, policy: 'unknown', kind: 'unknown', name: mark };
      this.violations.push({ ran: what, ...request });
    }
  }
}
