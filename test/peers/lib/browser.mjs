// The part a person and a browser play in the authorization code flow: follow redirects, keep cookies, until the
// address of the client's callback comes up.
export async function followRedirects(start, callback) {
  const cookies = new Map();
  for (let url = start, hops = 0; hops < 12; hops++) {
    if (url.startsWith(callback)) return new URL(url);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      const equals = pair.indexOf('=');
      cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
    }
    const location = answer.headers.get('location');
    if (!location) throw new Error(`expected a redirect, got ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    url = new URL(location, url).href;
  }
  throw new Error('too many redirects');
}
