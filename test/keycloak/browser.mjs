// A real browser, headless: Debian's Chromium.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { root } from '../docs/lib/markdown.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

// Packages are installed where the peers are.
const { chromium } = createRequire(new URL('../peers/', import.meta.url))('playwright-core');

export class Browser {
  #browser;
  #context;

  // Each has cookies of its own: nobody is logged in yet.
  static async start() {
    const browser = new Browser();
    browser.#browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    browser.#context = await browser.#browser.newContext({ viewport: { width: 1200, height: 800 }, reducedMotion: 'reduce' });
    return browser;
  }

  async open(url) {
    const tab = await this.#context.newPage();
    await tab.goto(url);
    return tab;
  }

  // The pictures of the documents are only written anew when that is asked for: UPDATE_PICTURES=1.
  async picture(tab, name) {
    const folder = process.env.UPDATE_PICTURES ? `${root}docs/images` : temporaryFolder('pictures');
    fs.mkdirSync(folder, { recursive: true });
    await tab.screenshot({ path: `${folder}/${name}.png` });
  }

  close() {
    return this.#browser.close();
  }
}

// At Keycloak: the login, and the question whether the client may do what it asks for.
export async function logIn(tab, { username, password, before = async () => {} }) {
  await tab.locator('#username').fill(username);
  await tab.locator('#password').fill(password);
  await before();
  await tab.locator('#kc-login').click();
  await tab.locator('[name=accept]').click();
}
