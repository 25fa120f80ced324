// Requests per second as a share of bare nginx', as an SVG of horizontal bars that is readable on light and dark pages.
const barHeight = 18, gap = 8, labels = 330, scale = 300, margin = 16, head = 44;
const longest = 1.9; // the ratio of a bar of full length
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function bar({ name, ratio, reach }, i) {
  const y = head + i * (barHeight + gap);
  const x = (value) => labels + Math.min(value, longest) * scale / longest;
  const mark = reach === undefined ? '' : `<line x1="${x(reach)}" x2="${x(reach)}" y1="${y - 2}" y2="${y + barHeight + 2}" stroke="#d97706" stroke-width="2"/>`;
  return `<text x="${labels - 8}" y="${y + 13}" text-anchor="end">${escaped(name)}</text>
<rect x="${labels}" y="${y}" width="${(x(ratio) - labels).toFixed(1)}" height="${barHeight}" fill="#2563eb"/>${mark}
<text x="${(x(ratio) + 6).toFixed(1)}" y="${y + 13}">${ratio.toFixed(2)}</text>`;
}

// results: of measureRounds(); those without a figure are left out. caption: where and when.
export function chart(results, caption) {
  const shown = results.filter(({ ratio }) => Number.isFinite(ratio));
  const height = head + shown.length * (barHeight + gap) + margin;
  const one = labels + scale / longest;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${labels + scale + 60} ${height}" font-family="system-ui, sans-serif" font-size="12" role="img">
<title>Requests per second, as a share of bare nginx</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="${margin}" y="18" font-weight="bold">Requests per second, as a share of bare nginx (1.00). Orange: the goal.</text>
<text x="${margin}" y="34" fill="#555555">${escaped(caption)}</text>
<line x1="${one}" x2="${one}" y1="${head - 4}" y2="${height - margin + 4}" stroke="#888888" stroke-dasharray="3 3"/>
${shown.map(bar).join('\n')}
</svg>
`;
}
