import { beforeAll, describe, expect, it } from 'vitest';
import { loadTypesetter, type Typesetter } from '../../src/render/tex.js';

let typeset: Typesetter;
beforeAll(async () => {
  typeset = await loadTypesetter();
});
const inline = { display: false };

describe('typesetting', () => {
  it('measures characters as TeX does', () => {
    // Of Computer Modern: x is 0.572 em wide and 0.442 em high (with what its curves stand out), p goes 0.194 em below
    // the baseline. Formulas are 1.12 times as large as text.
    const x = typeset('x', inline);
    expect(x.width).toBeCloseTo(0.572 * 1.12, 2);
    expect(x.height).toBeCloseTo(0.453 * 1.12, 2);
    expect(typeset('p', inline).depth).toBeCloseTo(0.194 * 1.12, 2);
    expect(typeset('xx', inline).width).toBeCloseTo(2 * x.width, 2);
  });

  it('makes a formula on its own line larger than in running text', () => {
    const sum = '\\sum_{t=1}^{T} \\frac{1}{t}';
    expect(typeset(sum, { display: true }).height).toBeGreaterThan(1.3 * typeset(sum, inline).height);
  });

  it('draws outlines in the colour of the text, without ids or anything from elsewhere', () => {
    const { svg } = typeset('\\left(\\begin{matrix} a \\\\ b \\end{matrix}\\right) \\boldsymbol{h} \\le \\tau', inline);
    expect(svg).toMatch(/^<svg [^>]*viewBox="[^"]+"/);
    expect(svg).toContain('currentColor');
    expect(svg.match(/<path /g)!.length).toBeGreaterThanOrEqual(6);
    expect(svg).not.toMatch(/\bid=|href|<text|data-|style=/);
  });

  it('typesets rightly after a wrong formula, and the same when asked again', () => {
    expect(() => typeset('\\frac{y', inline)).toThrow();
    const y = typeset('y', inline);
    expect(typeset('yyy', inline).width).toBeCloseTo(3 * y.width, 2);
    expect(typeset('y', inline)).toEqual(y);
  });

  it.each([
    ['\\frac{a', 'Missing close brace'],
    ['\\unheardof x', 'Undefined control sequence \\unheardof'],
    ['a_b_c', 'Double subscripts'],
    ['\\begin{matrix}', 'Missing \\end{matrix}'],
  ])('names the formula %s when it is wrong', (tex, reason) => {
    expect(() => typeset(tex, inline)).toThrow(
      expect.objectContaining({ code: 'INTERNAL', message: expect.stringContaining(reason) as string }),
    );
    expect(() => typeset(tex, inline)).toThrow(`the formula "${tex}" cannot be typeset`);
  });
});
