// The OAuth side of an SDK client (both SDKs ask for the same interface): everything is kept in memory, and the browser
// is followRedirects.
import crypto from 'node:crypto';
import { followRedirects } from './browser.mjs';

export class MemoryOAuthProvider {
  redirectUrl = 'http://127.0.0.1:9/callback'; // never connected to: the code is read from the redirect
  authorizationUrls = []; // what the client sent the user to
  #kept = {};
  #registration;

  // registration: more members for the client's registration, for example { access_token_alg: 'opaque' }.
  constructor(registration = {}) {
    this.#registration = registration;
  }

  get clientMetadata() {
    return {
      client_name: 'test client',
      redirect_uris: [this.redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      ...this.#registration,
    };
  }

  state() { return crypto.randomUUID(); }
  clientInformation() { return this.#kept.client; }
  saveClientInformation(client) { this.#kept.client = client; }
  tokens() { return this.#kept.tokens; }
  saveTokens(tokens) { this.#kept.tokens = tokens; }
  codeVerifier() { return this.#kept.verifier; }
  saveCodeVerifier(verifier) { this.#kept.verifier = verifier; }
  discoveryState() { return this.#kept.discovery; }
  saveDiscoveryState(discovery) { this.#kept.discovery = discovery; }

  async redirectToAuthorization(url) {
    this.authorizationUrls.push(url);
    this.callback = await followRedirects(url.href, this.redirectUrl);
  }

  get accessToken() { return this.#kept.tokens?.access_token; }
}
