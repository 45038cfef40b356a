import { FIXED_COLOURS, INVENTED_INK } from '../../figures/style.js';

const VARIABLES = Object.entries(FIXED_COLOURS).map(([name, colour]) => `--${name}: ${colour};`);

/** How the page looks. Contrast of text with its ground is at least 4.5 to 1 in light and dark. */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  ${VARIABLES.join('\n  ')}
  --shade: #00000038;
  --raised: #f4f6f8;
  --line: #d4d9df;
  --link: #0a5a9c;
  --invented: ${INVENTED_INK};
  --mark: #fff3d6;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --ink: #e4e7eb;
    --faint: #a3acb7;
    --axis: #626b76;
    --grid: #2c323a;
    --ground: #15181c;
    --heat: #6cc3f8;
    --cold: #ffa35c;
    --shade: #ffffff40;
    --raised: #1f242a;
    --line: #3a414a;
    --link: #7cc0f5;
    --invented: #f0a35e;
    --mark: #3d3415;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto;
  padding: 1.5rem 1rem 4rem;
  max-width: 54rem;
  background: var(--ground);
  color: var(--ink);
  font: 1rem/1.6 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif;
  overflow-wrap: break-word;
}
h1, h2, h3, h4 { line-height: 1.25; text-wrap: balance; }
h1 { font-size: clamp(1.75rem, 1.3rem + 2vw, 2.4rem); margin: 0 0 .5rem; }
h2 { font-size: 1.55rem; margin: 3.5rem 0 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.2rem; margin: 2.25rem 0 .75rem; }
h4 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
main > :first-child { margin-top: 1.5rem; }
p, ul, ol { margin: 0 0 1rem; }
ul, ol { padding-left: 1.6rem; }
p, li, figcaption { text-wrap: pretty; }
main > p, main > ul, main > ol { max-width: 46rem; }
li { margin: .25rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; padding: .5rem 1rem; background: var(--ground); z-index: 1; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
:target { background: var(--mark); }
.subtitle { font-size: 1.1rem; margin: 0; }
.date { color: var(--faint); font-size: .9rem; margin: .25rem 0 0; }
nav { margin: 2rem 0; padding: 1rem 1.25rem; background: var(--raised); border-radius: .5rem; font-size: .95rem; }
nav h2 { font-size: 1rem; margin: 0 0 .5rem; padding: 0; border: 0; }
nav ol { list-style: none; margin: 0; padding: 0; }
nav ol ol { padding-left: 1.1rem; font-size: .92em; }
nav li { margin: .3rem 0; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
code, pre {
  font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', monospace;
}
.code > figcaption { margin: 0 0 .5rem; }
pre {
  margin: 0; padding: .75rem 1rem; font-size: .8rem; line-height: 1.5;
  background-color: var(--raised); border-radius: .375rem;
}
u { text-decoration-thickness: 1px; text-underline-offset: .2em; }
.samples em { color: var(--invented); }
code {
  font-size: .88em; padding: .1em .3em; background: var(--raised); border-radius: .25em;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
.formula { overflow: visible; }
.display { margin: 1.25rem 0; padding: .25rem 0; overflow-y: hidden; font-size: 1.05rem; }
.display .formula { display: block; margin: 0 auto; }
.note {
  padding: .75rem 1rem; border-left: 4px solid var(--link); background: var(--raised);
  border-radius: 0 .375rem .375rem 0;
}
figure { margin: 1.75rem 0; }
figcaption, caption { font-size: .9rem; line-height: 1.5; color: var(--faint); text-align: left; }
figcaption b, caption b { color: var(--ink); }
figure > figcaption { margin-top: .5rem; max-width: 46rem; }
.scroll { container-type: inline-size; }
/* A shadow at an edge beyond which there is more; what moves with the content covers it at the end. */
.scroll, .display {
  overflow-x: auto;
  background:
    linear-gradient(to right, var(--ground) 50%, transparent) 0 / 2rem 100% no-repeat local,
    linear-gradient(to left, var(--ground) 50%, transparent) 100% / 2rem 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) 0 / 1rem 100% no-repeat,
    linear-gradient(to left, var(--shade), transparent) 100% / 1rem 100% no-repeat;
}
pre.scroll { background: var(--raised); }
.scroll > svg { display: block; width: min(100%, 46rem); height: auto; }
.scroll > svg > rect { fill: none; }
@media screen and (max-width: 34rem) {
  figure:has(> .scroll > svg)::after {
    content: '← the figure scrolls sideways →';
    display: block; color: var(--faint); font-size: .8rem; text-align: center;
  }
}
div.scroll:has(> table) { margin: 1.75rem 0; }
table { border-collapse: collapse; font-size: .9rem; line-height: 1.4; min-width: min(100%, 30rem); }
caption { padding-bottom: .5rem; }
caption span { display: block; position: sticky; left: 0; max-width: min(46rem, 100cqw - 1rem); }
th, td { padding: .4rem .75rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead > tr > * { vertical-align: bottom; border-bottom: 2px solid var(--faint); font-weight: 600; }
tbody th { font-weight: inherit; min-width: 6rem; position: sticky; left: 0; background: var(--ground); }
.emphasised th { background: inherit; }
th:first-child, td:first-child { padding-left: .25rem; }
th:last-child, td:last-child { padding-right: .25rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number { white-space: nowrap; }
th.number { min-width: 5rem; }
.emphasised { font-weight: 650; background: var(--raised); }
.samples > figcaption { margin: 0 0 .75rem; }
.columns {
  display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr));
  gap: 1.25rem 1.75rem;
}
.title { font-weight: 600; margin: 0 0 .35rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
.samples ol { font-size: .875rem; line-height: 1.45; margin: 0; padding-left: 2.4em; }
.samples li { margin: 0 0 .3em; overflow-wrap: anywhere; break-inside: avoid; }
.samples li::marker { color: var(--faint); font-size: .85em; }
.samples li > bdi { white-space: pre-wrap; }
.samples li > i, .none {
  color: var(--faint); font-family: system-ui, sans-serif; font-style: italic; font-size: .82rem;
}
.single ol { columns: 20rem; column-gap: 1.75rem; }
@media screen and (max-width: 40rem) {
  table { font-size: .85rem; }
  th, td { padding: .35rem .45rem; }
}
@media screen and (min-width: 78rem) {
  body { max-width: 77.5rem; padding-left: 20.5rem; }
  nav {
    position: fixed; top: 1.5rem; left: max(1rem, 50vw - 37.75rem); width: 16rem;
    max-height: calc(100vh - 3rem); overflow-y: auto; margin: 0;
  }
}
@page { size: A4; margin: 18mm 16mm 20mm; }
@media print {
  :root { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; line-height: 1.45; }
  .skip { display: none; }
  :target { background: none; }
  h2 { margin-top: 2rem; }
  h2, h3, h4, .title, .samples > figcaption, caption { break-after: avoid; }
  p, li { orphans: 3; widows: 3; }
  figure:not(.samples), tr, .note, .display { break-inside: avoid; }
  thead { display: table-header-group; }
  .scroll, .display { overflow: visible; background: none; }
  .scroll > svg { min-width: 0 !important; }
  table { font-size: 8.5pt; }
  th, td { padding: .25rem .4rem; }
  .columns { grid-template-columns: repeat(auto-fit, minmax(45%, 1fr)); }
  .single ol { columns: 2; }
  a { color: inherit; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
