// What scripts/dev/servers.sh has put into .dev/servers.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../.dev/servers/', import.meta.url));

export const installed = (name) => `${folder}${name}`;

// Why a server cannot run here; undefined when it can.
export const whyNot = ({ needs }) =>
  (!needs || fs.existsSync(`${installed(needs)}/complete`) ? undefined : `.dev/servers/${needs} is missing: ./dev test servers says why`);
