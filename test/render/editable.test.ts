import { describe, expect, it } from 'vitest';
import type { Block, ReportDocument } from '../../src/render/document.js';
import { renderLatex } from '../../src/render/latex.js';
import { renderMarkdown } from '../../src/render/markdown.js';
import { MARKED, sampleReport } from './sample-report.js';

const HOSTILE = '50 % of $x_1 & {#tag} ~ ^ \\alpha <b> *a* [l](m) `c` | − × τ';
const report = sampleReport();
const only = (...blocks: Block[]): ReportDocument => ({ ...report, title: 'T', subtitle: 'S', byline: 'A', blocks });

describe('the report as Markdown', () => {
  const text = renderMarkdown(report);

  it('has headings that links lead to, figures as files, formulas as TeX, code as it is', () => {
    expect(text).toContain('<a id="tables"></a>\n\n## Tables');
    expect(text).toContain('- [Tables](#tables)');
    expect(text).toContain('](figures/curves.svg)');
    expect(text).toContain('$p(x_t \\mid x_{<t})$');
    expect(text).toMatch(/```ts\nfor \(let t = 0; t < T; t\+\+\) \{\n/);
    expect(text).toContain('| **5m** | **5,097,821** | **89.47** | **0.8217** |');
  });

  it('has marks of samples, and the byline', () => {
    expect(text).toContain('storm <em>harbear</em><u> as ferries</u><u> <em>calmer</em></u>');
    expect(renderMarkdown(only())).toMatch(/^# T\n\nS\n\nA · 7 March 2020\n/);
  });

  it('escapes what has a meaning in Markdown', () => {
    const escaped = renderMarkdown(only({ kind: 'paragraph', text: HOSTILE }, { kind: 'paragraph', text: '1. 2.5' }));
    expect(escaped).toContain('\\$x\\_1 \\& {\\#tag} \\~ ^ \\\\alpha \\<b\\> \\*a\\* \\[l\\](m) \\`c\\` \\|');
    expect(escaped).toContain('\n1\\. 2.5');
  });
});

describe('the report as LaTeX', () => {
  const text = renderLatex(report);

  it('opens and closes every environment, in order', () => {
    const open: string[] = [];
    for (const [, which, name] of text.matchAll(/\\(begin|end)\{(\w+)\}/g)) {
      if (which === 'begin') open.push(name!);
      else expect(open.pop()).toBe(name);
    }
    expect(open).toEqual([]);
  });

  it('has figures as files, formulas as they are, and labels for its links', () => {
    expect(text).toContain('\\includegraphics[width=\\linewidth]{figures/curves.pdf}');
    expect(text).toContain('$p(x_t \\mid x_{<t})$');
    for (const [, target] of text.matchAll(/\\hyperref\[([\w-]+)\]/g)) expect(text).toContain(`\\label{${target!}}`);
    expect(text).toContain('\\begin{longtable}');
  });

  it('escapes what has a meaning in TeX, and marks samples', () => {
    const escaped = renderLatex(
      only(
        { kind: 'paragraph', text: HOSTILE },
        { kind: 'samples', caption: '', columns: [{ title: 'a', texts: [MARKED] }] },
      ),
    );
    expect(escaped).toContain(
      '50~\\% of \\$x\\_1 \\& \\{\\#tag\\} \\textasciitilde{} \\textasciicircum{} \\textbackslash{}alpha <b>',
    );
    expect(escaped).toContain('\\ensuremath{-} \\ensuremath{\\times} \\ensuremath{\\tau}');
    expect(escaped).toContain('storm \\textit{\\textcolor{invented}{harbear}} \\underline{as} \\underline{ferries}');
  });
});
