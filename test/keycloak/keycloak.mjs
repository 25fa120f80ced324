// The real Keycloak, as an image of the name that examples/keycloak-quickstart/compose.yml asks for.
import fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { docker, dockerOk } from '../peers/lib/image.mjs';
import { cleanEnvironment, run } from '../peers/lib/processes.mjs';
import { temporaryFolder } from '../peers/lib/temporary.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
export const quickstart = fileURLToPath(new URL('../../examples/keycloak-quickstart/', import.meta.url));
const [, imageName, version] = /image: (keycloak\/keycloak:([\d.]+))/.exec(fs.readFileSync(`${quickstart}compose.yml`, 'utf8'));

async function must(name, command, args, timeoutMs) {
  const { code, output } = await run(name, command, args, { env: cleanEnvironment({ HOME: process.env.HOME }), timeoutMs });
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output}`);
}

// From a registry where there is one, else made of the distribution in Maven Central.
export async function provideKeycloak() {
  if ((await docker('image', 'inspect', imageName)).code === 0) return;
  if (process.env.CI !== 'true' && (await docker('pull', '--quiet', imageName)).code === 0) return;
  const folder = temporaryFolder('keycloak');
  await must('mvn', 'mvn', ['--batch-mode', '--quiet', 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy',
    `-Dartifact=org.keycloak:keycloak-quarkus-dist:${version}:tar.gz`, `-DoutputDirectory=${folder}`], 600_000);
  await must('tar', 'tar', ['-xzf', `${folder}/keycloak-quarkus-dist-${version}.tar.gz`, '-C', folder], 120_000);
  fs.renameSync(`${folder}/keycloak-${version}`, `${folder}/keycloak`);
  fs.rmSync(`${folder}/keycloak-quarkus-dist-${version}.tar.gz`);
  await dockerOk('build', '--quiet', '--tag', imageName, '--file', `${here}Dockerfile`, folder);
}
