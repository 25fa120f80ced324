// All requests of a run: every mutation of every mission once, by rule; then stacks of one to three, by a seed.
import { charsetMutations } from '../mutations/charsets.mjs';
import { envelopeMutations } from '../mutations/envelopes.mjs';
import { memberMutations } from '../mutations/members.mjs';
import { requestMutations } from '../mutations/requests.mjs';
import { uriMutations } from '../mutations/uris.mjs';
import { applyAll, draftOf } from './draft.mjs';
import { coverOf, eras, missions } from './missions.mjs';

const mutationsOf = (mission, era) => [
  ...memberMutations(mission, era), ...uriMutations(mission), ...envelopeMutations(mission), ...charsetMutations(mission, era),
  ...requestMutations(mission),
];

function attempt(mission, era, mutations) {
  const mirrored = era === 'modern, headers name the cover' ? coverOf(mission) : mission;
  return {
    policy: mission.policy,
    kind: mutations.map(({ kind }) => kind).join(' + ') || 'plain',
    name: `${mission.method} ${mission.value} (${era}): ${mutations.map(({ name }) => name).join('; ') || 'as it is'}`,
    draft: () => applyAll(draftOf(mission, era, mission.policy, mirrored), mutations),
  };
}

// A stack is of no use when one mutation has removed what another works on.
function isPossible(candidate) {
  try {
    candidate.draft();
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

// A part that is always the same. Without headers that must agree most gets through; few servers read other charsets.
const isQuick = (era, { kind }, i) => (era === 'legacy' ? kind !== 'charset' || i % 4 === 0 : i % 10 === 0);

// A gateway may read such bodies in another way than the rest; what deceives it then is tried there, too.
const rarelyRead = ['id is 1e400', 'id is 123456789012345678901234567890', 'lone surrogate in an extra member'];

function inRareBodies(mission) {
  const mutations = mutationsOf(mission, 'legacy');
  const deceptions = mutations.filter(({ kind }) => ['members', 'values', 'uris'].includes(kind));
  return mutations.filter(({ name }) => rarelyRead.includes(name)).flatMap((rare) => deceptions.map((one) => attempt(mission, 'legacy', [one, rare])));
}

// modern: the server knows MCP 2026-07-28.
export function byRule({ modern, quick }) {
  const alone = (mission, era) => [
    attempt(mission, era, []),
    ...mutationsOf(mission, era).filter((mutation, i) => !quick || isQuick(era, mutation, i)).map((mutation) => attempt(mission, era, [mutation])),
  ];
  return missions.flatMap((mission) => [
    ...(modern ? eras : ['legacy']).flatMap((era) => alone(mission, era)), ...(quick ? [] : inRareBodies(mission)),
  ]).filter(isPossible);
}

// mulberry32
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function stacked(seed, count) {
  const random = randomNumbers(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const table = missions.flatMap((mission) => eras.map((era) => {
    const kinds = groupByKind(mutationsOf(mission, era));
    return { mission, era, kinds: [...kinds.values()] };
  }));
  const attempts = [];
  while (attempts.length < count) {
    const { mission, era, kinds } = pick(table);
    const mutations = Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(pick(kinds)));
    const candidate = attempt(mission, era, mutations);
    if (isPossible(candidate)) attempts.push(candidate);
  }
  return attempts;
}

function groupByKind(mutations) {
  const kinds = new Map();
  for (const mutation of mutations) kinds.set(mutation.kind, [...(kinds.get(mutation.kind) ?? []), mutation]);
  return kinds;
}
