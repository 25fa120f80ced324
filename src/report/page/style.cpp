#include "report/page/style.h"

namespace report::page {

const std::string_view style = R"(
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --line: #dfe3e8; --text: #1b2430; --quiet: #566270; --accent: #0b6380;
  --passed: #2f8fb0; --failed: #b26a00; --refused: #b3362b; --good: #1f6f43; --hover: #0b638014;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f141a; --card: #171e26; --line: #2b3540; --text: #e4e9ef; --quiet: #9dabb9; --accent: #6cc7e4;
    --passed: #4aa8c8; --failed: #e0a33c; --refused: #f08a7c; --good: #6fcf97; --hover: #6cc7e41f;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: 90rem; padding: 1.25rem clamp(.75rem, 2.5vw, 2.5rem) 3rem;
  background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
  font-variant-numeric: tabular-nums;
}
a { color: var(--accent); text-underline-offset: .15em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
code { font: .92em ui-monospace, "SFMono-Regular", "DejaVu Sans Mono", Menlo, Consolas, monospace; }
small { font-size: .87em; color: var(--quiet); }
.quiet { color: var(--quiet); }
.unseen, caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
header { display: flex; flex-wrap: wrap; gap: .75rem 2rem; align-items: end; justify-content: space-between; margin-bottom: 1.25rem; }
h1 { font-size: 1.3rem; line-height: 1.25; margin: 0; letter-spacing: -.01em; }
header p { margin: .15rem 0 0; color: var(--quiet); font-size: .87rem; }
h2 { font-size: 1rem; margin: 0 0 .75rem; }
form { display: flex; gap: .5rem; align-items: end; }
label { display: block; font-size: .8rem; color: var(--quiet); }
input, button { font: inherit; padding: .35rem .65rem; border-radius: 6px; border: 1px solid var(--quiet); background: var(--card); color: var(--text); }
input { width: 13rem; max-width: 100%; font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .92em; }
button { background: var(--accent); border-color: var(--accent); color: var(--card); font-weight: 600; cursor: pointer; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.15rem; margin-bottom: 1rem; min-width: 0; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(9.5rem, 40%), 1fr)); gap: 1rem 1.5rem; margin: 0; }
.tiles dt { font-size: .8rem; color: var(--quiet); }
.tiles dd { margin: 0; font-size: 1.5rem; line-height: 1.25; font-weight: 600; letter-spacing: -.01em; }
.tiles small { display: block; font-size: .8rem; font-weight: 400; letter-spacing: 0; }
.tiles .refused dd, .tiles .bad dd { color: var(--refused); }
.tiles .failed dd, .tiles .warn dd { color: var(--failed); }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem 2rem; }
figure { margin: 0; min-width: 0; }
figcaption { font-size: .87rem; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 1rem; margin-bottom: .25rem; }
.legend { color: var(--quiet); display: flex; gap: 1rem; }
.legend span::before { content: ""; display: inline-block; width: .65rem; height: .65rem; border-radius: 2px; margin-right: .35rem; background: currentColor; }
.legend .passed::before { background: var(--passed); }
.legend .failed::before, .legend .slow::before { background: var(--failed); }
.legend .refused::before { background: var(--refused); }
.legend .median::before { background: var(--passed); }
svg { display: block; width: 100%; height: auto; overflow: visible; }
svg text { font-size: 11px; fill: var(--quiet); }
svg .grid { stroke: var(--line); }
svg .passed { fill: var(--passed); }
svg .failed { fill: var(--failed); }
svg .refused { fill: var(--refused); }
svg .hover { fill: transparent; }
svg .hover:hover { fill: var(--hover); }
svg .median path, svg .slow path { fill: none; stroke: var(--passed); stroke-width: 1.75; stroke-linejoin: round; }
svg .median circle { fill: var(--passed); }
svg .slow path { stroke: var(--failed); stroke-dasharray: 4 2.5; }
svg .slow circle { fill: var(--failed); }
svg .nothing text { font-size: 13px; }
details { margin-top: .75rem; }
summary { cursor: pointer; color: var(--accent); font-size: .87rem; width: fit-content; }
details table { margin-top: .5rem; }
table { border-collapse: collapse; width: 100%; font-size: .92rem; }
thead th { font-size: .8rem; font-weight: 500; color: var(--quiet); white-space: nowrap; vertical-align: bottom; }
th, td { text-align: left; padding: .4rem 1.25rem .4rem 0; vertical-align: top; border-bottom: 1px solid var(--line); }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; padding-bottom: 0; }
tbody th { font-weight: 400; }
tbody tr:target > *, tbody tr:hover > * { background: var(--hover); }
td > div, th > div { overflow-wrap: anywhere; }
.count { text-align: right; white-space: nowrap; }
#reasons th:first-child, #refusals th:first-child, #refusals td:nth-child(2), #refusals td:nth-child(3) { white-space: nowrap; }
#reasons td:last-child { max-width: 50rem; }
.mark { display: inline-flex; align-items: center; gap: .4rem; white-space: nowrap; }
.mark::before { content: ""; width: .55rem; height: .55rem; border-radius: 50%; background: currentColor; }
.mark.good { color: var(--good); }
.mark.warn { color: var(--failed); }
.mark.bad { color: var(--refused); font-weight: 600; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.5rem; margin: 0; }
.facts dt { color: var(--quiet); }
.facts dd { margin: 0; overflow-wrap: anywhere; max-width: 60rem; }
section[aria-labelledby=found-heading] { border-color: var(--accent); border-width: 2px; }
@media (min-width: 75rem) { .halves { display: grid; grid-template-columns: repeat(auto-fit, minmax(30rem, 1fr)); gap: 0 1rem; align-items: start; } }
@media (max-width: 44rem) {
  section { padding: .85rem .9rem; }
  form, form div { flex: 1; }
  input { width: 100%; }
  svg text { font-size: 19px; }
  svg .nothing text { font-size: 22px; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody { display: block; }
  tr { display: grid; grid-template-columns: repeat(auto-fill, minmax(4.25rem, 1fr)); gap: .1rem .5rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  tbody tr:last-child { border-bottom: 0; padding-bottom: 0; }
  tbody tr > th, tbody tr > td { grid-column: 1 / -1; display: grid; grid-template-columns: 6rem 1fr; gap: .5rem; border: 0; padding: .1rem 0; text-align: left; white-space: normal; }
  tbody tr > *::before { content: attr(data-title); color: var(--quiet); font-weight: 400; font-size: .87em; }
  tbody tr > .count { grid-column: auto; display: block; white-space: nowrap; }
  tbody tr > .count::before { display: block; font-size: .8em; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .5rem; }
}
@media print { body { background: none; } section { break-inside: avoid; } form { display: none; } }
)";

}  // namespace report::page
