import { describe, expect, it } from 'vitest';
import { PAGE_STYLE } from '../../../src/render/html/page-style.js';

/** Relative luminance and contrast as WCAG 2 defines them. */
function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5]
    .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** The colours of a scheme: the first block of variables is light, the second dark. */
function colours(scheme: 'light' | 'dark'): ReadonlyMap<string, string> {
  const block = PAGE_STYLE.split(':root {')[scheme === 'light' ? 1 : 2]!.split('}')[0]!;
  return new Map([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name, colour]) => [name!, colour!]));
}

describe.each(['light', 'dark'] as const)('in the %s scheme', (scheme) => {
  const of = colours(scheme);
  it.each([
    ['ink', 'ground'],
    ['ink', 'raised'],
    ['ink', 'mark'],
    ['faint', 'ground'],
    ['faint', 'raised'],
    ['link', 'ground'],
    ['link', 'raised'],
    ['invented', 'ground'],
  ])('%s can be read on %s', (ink, ground) => {
    expect(contrast(of.get(ink)!, of.get(ground)!)).toBeGreaterThanOrEqual(4.5);
  });

  it('attention of a tenth stands out from the ground', () => {
    const parts = (name: string) => [1, 3, 5].map((at) => parseInt(of.get(name)!.slice(at, at + 2), 16));
    const [heat, ground] = [parts('heat'), parts('ground')];
    const mixed = heat.map((part, i) => Math.round(ground[i]! + Math.sqrt(0.1) * (part - ground[i]!)));
    const colour = `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
    expect(contrast(colour, of.get('ground')!)).toBeGreaterThanOrEqual(1.4);
  });
});
