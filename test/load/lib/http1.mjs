// HTTP/1.1 over bare sockets: every byte that comes back is counted, so that a request that is answered twice shows itself.
import net from 'node:net';

const headEnd = '\r\n\r\n';

// The answers in what a connection got so far, and what is left of it.
function split(text) {
  const answers = [];
  for (let end; (end = text.indexOf(headEnd)) >= 0;) {
    const [statusLine, ...lines] = text.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]));
    const length = Number(headers['content-length']);
    if (!/^HTTP\/1\.1 \d{3}/.test(statusLine) || !Number.isInteger(length)) throw new Error(`not an answer with a length: ${text.slice(0, 200)}`);
    const whole = end + headEnd.length + length;
    if (text.length < whole) break;
    answers.push({ status: Number(statusLine.slice(9, 12)), retryAfter: headers['retry-after'] });
    text = text.slice(whole);
  }
  return { answers, rest: text };
}

const requestText = ({ path, host, token }) => `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n\r\n`;

export class Connection {
  answers = [];
  ended = false; // by nginx, or by an error
  #socket;
  #unread = '';
  #wake = () => {};

  static open(port, localAddress) {
    return new Promise((resolve, reject) => {
      const connection = new Connection();
      const socket = net.connect({ port, host: '127.0.0.1', localAddress, noDelay: true, allowHalfOpen: true }, () => resolve(connection));
      connection.#socket = socket;
      socket.setEncoding('latin1');
      socket.on('data', (chunk) => connection.#read(chunk));
      for (const event of ['end', 'close']) socket.on(event, () => { connection.ended = true; connection.#wake(); });
      socket.on('error', (error) => { connection.ended = true; connection.#wake(); reject(error); });
    });
  }

  #read(chunk) {
    const { answers, rest } = split(this.#unread + chunk);
    this.#unread = rest;
    this.answers.push(...answers);
    if (answers.length > 0) this.#wake();
  }

  get settled() { return this.answers.length > 0 || this.ended; }
  get surplus() { return this.answers.length > 1 || this.#unread !== ''; }

  send(question) { this.#socket.write(requestText(question)); }

  // The request, and at once the end of all that this side will ever send. isSent: the system has both.
  sendLast(question) {
    this.isSent = new Promise((resolve) => { this.#socket.end(requestText(question), resolve); });
  }

  // Sends it, and resolves to its answer; to undefined when the connection ends before.
  async ask(question) {
    const nth = this.answers.length;
    this.send(question);
    while (this.answers.length === nth && !this.ended) await new Promise((resolve) => { this.#wake = resolve; });
    return this.answers[nth];
  }

  leave() { this.#socket.destroy(); }
}
