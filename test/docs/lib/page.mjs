// One page whose commands run section by section, with other things in between.
import fs from 'node:fs';
import { runStep, stepsOf } from './commands.mjs';
import { root } from './markdown.mjs';

export class Page {
  #shell;
  #steps;
  #sections; // [{ heading, line }] in their order
  ran = 0;
  compared = 0;

  constructor(file, shell) {
    this.#shell = shell;
    this.#steps = stepsOf(file);
    const lines = fs.readFileSync(root + file, 'utf8').split('\n');
    this.#sections = lines.flatMap((text, i) => (text.startsWith('## ') ? [{ heading: text.slice(3), line: i + 1 }] : []));
  }

  // Of sections with commands.
  get headings() {
    return this.#sections.map(({ heading }) => heading).filter((heading) => this.#stepsUnder(heading).length > 0);
  }

  #stepsUnder(heading) {
    const i = this.#sections.findIndex((section) => section.heading === heading);
    if (i < 0) throw new Error(`no section is called "${heading}"`);
    const end = this.#sections[i + 1]?.line ?? Infinity;
    return this.#steps.filter(({ line }) => line > this.#sections[i].line && line < end);
  }

  // What each of its commands printed.
  async run(heading, timeoutMs) {
    const printed = [];
    for (const step of this.#stepsUnder(heading)) {
      printed.push(await runStep(this.#shell, step, timeoutMs));
      this.ran++;
      this.compared += step.outputs.length;
    }
    return printed;
  }
}
