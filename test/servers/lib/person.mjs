// A person with a browser, as far as logging in needs one: follows redirects, keeps cookies, fills in forms.
import crypto from 'node:crypto';
import { request } from '../../peers/lib/http.mjs';

const attribute = (tag, name) => new RegExp(`\\b${name}=["']([^"']*)["']`).exec(tag)?.[1].replaceAll('&amp;', '&');

export class Person {
  #cookies = new Map();

  async #send(url, { method, body, type } = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { cookie, accept: 'text/html', ...(body ? { 'content-type': type, origin: new URL(url).origin, 'content-length': Buffer.byteLength(body) } : {}) };
    const answer = await request(url, { method, headers, body });
    for (const line of answer.lines('set-cookie')) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
      this.#cookies.set(name, value);
    }
    return answer;
  }

  // Where logging in is a request of a page's script.
  async postJson(url, value) {
    const answer = await this.#send(url, { method: 'POST', body: JSON.stringify(value), type: 'application/json' });
    if (answer.status !== 200) throw new Error(`${url}: ${answer.status} ${answer.body}`);
  }

  // Until the client's callback comes up, whose URL is the result. Each form on the way is filled in with what the person knows.
  async logIn(start, callback, known) {
    for (let url = start, options, hops = 0; hops < 12; hops++) {
      if (url.startsWith(callback)) return new URL(url);
      const answer = await this.#send(url, options);
      const location = answer.header('location');
      if (location) [url, options] = [new URL(location, url).href, undefined];
      else [url, options] = this.#filledIn(url, answer.body, known);
    }
    throw new Error(`no way from ${start} to ${callback}`);
  }

  #filledIn(url, page, known) {
    const [, form, inside] = /(<form\b[^>]*>)([^]*?)<\/form>/.exec(page) ?? [];
    if (!form) throw new Error(`neither a redirect nor a form at ${url}: ${page.slice(0, 500)}`);
    const body = new URLSearchParams();
    for (const [input] of inside.matchAll(/<input\b[^>]*>/g)) {
      const name = attribute(input, 'name');
      if (name) body.set(name, known[name] ?? attribute(input, 'value') ?? '');
    }
    return [new URL(attribute(form, 'action') || url, url).href, { method: 'POST', body: String(body), type: 'application/x-www-form-urlencoded' }];
  }
}

export const callback = 'http://127.0.0.1:9/callback'; // never connected to: the code is read from the redirect

export const basic = ({ id, secret }) =>
  ({ authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}` });

export async function postForm(url, fields, client = {}) {
  const headers = client.secret ? basic(client) : {};
  const answer = await fetch(url, { method: 'POST', headers, body: new URLSearchParams({ ...(client.secret ? {} : { client_id: client.id }), ...fields }) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${text.slice(0, 500)}`);
  return text && JSON.parse(text);
}

// The authorization code flow with PKCE (RFC 7636), and a resource (RFC 8707) if one is given: an access token.
export async function authorizationCode({ metadata, client, scope, resource, person = new Person(), known = {} }) {
  const verifier = crypto.randomBytes(32).toString('base64url');
  const challenge = crypto.createHash('sha256').update(verifier).digest('base64url');
  const target = resource ? { resource } : {};
  const start = `${metadata.authorization_endpoint}?${new URLSearchParams({
    response_type: 'code', client_id: client.id, redirect_uri: callback, scope, state: 'state', code_challenge: challenge, code_challenge_method: 'S256', ...target,
  })}`;
  const back = await person.logIn(start, callback, known);
  const code = back.searchParams.get('code');
  if (!code) throw new Error(`no code: ${back.search}`);
  const answer = await postForm(metadata.token_endpoint,
    { grant_type: 'authorization_code', code, redirect_uri: callback, code_verifier: verifier, ...target }, client);
  return answer.access_token;
}

export async function json(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}
