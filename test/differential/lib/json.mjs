// JSON that JSON.stringify would not write: members in any order and as often as one likes, and text that is no JSON.
export class Members {
  constructor(pairs) {
    this.pairs = pairs;
  }

  get(name) {
    return this.pairs.find(([key]) => key === name)?.[1];
  }

  set(name, value) {
    const pair = this.pairs.find(([key]) => key === name);
    if (pair) pair[1] = value;
    else this.pairs.push([name, value]);
  }

  // In place of the member of this name, these pairs.
  replace(name, ...pairs) {
    const at = this.pairs.findIndex(([key]) => key === name);
    if (at < 0) this.pairs.push(...pairs);
    else this.pairs.splice(at, 1, ...pairs);
  }
}

// Written as it is, where a value or a member's name stands.
export class Raw {
  constructor(text) {
    this.text = text;
  }
}

export const members = (object) => new Members(Object.entries(object));

export function serialize(node) {
  if (node instanceof Raw) return node.text;
  if (node instanceof Members) return `{${node.pairs.map(([name, value]) => `${serialize(name)}:${serialize(value)}`).join(',')}}`;
  if (Array.isArray(node)) return `[${node.map(serialize).join(',')}]`;
  return JSON.stringify(node);
}


export function copy(node) {
  if (node instanceof Members) return new Members(node.pairs.map(([name, value]) => [name, copy(value)]));
  return Array.isArray(node) ? node.map(copy) : node;
}

// A JSON string with every character escaped: for a name or a value.
export const escaped = (text) =>
  new Raw(`"${text.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`);
