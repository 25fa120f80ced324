// HTTP/2 with prior knowledge: many requests on each connection.
import http2 from 'node:http2';
import net from 'node:net';

export class Session {
  #session;
  ended = false;

  static open(port, localAddress) {
    return new Promise((resolve, reject) => {
      const own = new Session();
      own.#session = http2.connect(`http://127.0.0.1:${port}`, {
        createConnection: () => net.connect({ port, host: '127.0.0.1', localAddress, noDelay: true }),
      });
      own.#session.setMaxListeners(0);
      own.#session.once('remoteSettings', () => resolve(own));
      const end = (error) => { own.ended = true; reject(error ?? new Error('the connection was closed')); };
      for (const event of ['close', 'error', 'goaway']) own.#session.on(event, end);
    });
  }

  request(question) { return new Stream(this.#session, question); }
  leave() { this.#session.destroy(); }
}

// One request; as http1.mjs' Connection to those who wait for its answer.
class Stream {
  answers = [];
  ended = false;
  surplus = false;
  #stream;

  constructor(session, { path, host, token }) {
    this.closed = new Promise((resolve) => {
      const end = () => { this.ended = true; resolve(); };
      if (session.destroyed || session.closed) return void end();
      session.once('close', end);
      this.#stream = session.request({ ':path': path, ':authority': host, authorization: `Bearer ${token}` });
      let head;
      this.#stream.on('response', (headers) => { this.surplus ||= head !== undefined; head = headers; });
      this.#stream.on('end', () => {
        if (head) this.answers.push({ status: head[':status'], retryAfter: head['retry-after'] });
      });
      for (const event of ['error', 'close']) this.#stream.on(event, end);
      this.#stream.resume();
    });
  }

  get settled() { return this.ended; }

  async answer() {
    await this.closed;
    return this.answers[0];
  }

  leave() { this.#stream?.close(http2.constants.NGHTTP2_CANCEL); }
}
