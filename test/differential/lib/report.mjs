// What people read of a run.
const visible = (bytes) => bytes.toString('latin1').replace(/[^\n\x20-\x7e]/g, (c) => (c === '\r' ? '' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`));

export const describeRequest = ({ server, policy, kind, name, ran, status, wire, answer }) => [
  `${server}, policy ${policy}, ${kind}: ${name}`,
  ran === undefined ? `answer ${status}${answer ? `:\n${answer}` : ''}` : `ran: ${ran}`,
  ...(wire ? visible(wire).slice(0, 1500).split('\n').map((line) => `    ${line}`) : []),
].join('\n');

const counted = (counts) => Object.entries(counts).sort(([, a], [, b]) => b - a).map(([what, n]) => `${n} × ${what}`).join(', ');

const countBy = (list, keyOf) => {
  const counts = {};
  for (const one of list) counts[keyOf(one)] = (counts[keyOf(one)] ?? 0) + 1;
  return counts;
};

export function describeCampaign(name, { sent, statuses, violations, hangs, oddAnswers, left, seconds }) {
  const lines = Object.keys(sent).map((policy) => {
    const found = violations.filter((violation) => violation.policy === policy);
    const kinds = found.length === 0 ? '' : ` (${counted(countBy(found, ({ kind }) => kind))})`;
    return `  ${policy}: ${sent[policy]} sent; answers: ${counted(statuses[policy])}; ran though denied: ${found.length}${kinds}`;
  });
  return [`${name}: ${seconds} s, not sent: ${left}, hung: ${hangs.length}, odd answers: ${oddAnswers.length}`, ...lines].join('\n');
}
