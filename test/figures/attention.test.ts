import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { attentionFigure } from '../../src/figures/attention.js';
import { HEAT } from '../../src/figures/style.js';
import { drawnTexts, expectLegible, layerNames, pieces, shared } from '../support/svg.js';

function patches(svg: string) {
  return layerNames(svg)
    .filter((name) => /^weights\d+$/.test(name))
    .flatMap((name) => {
      expect(shared(svg, name, 'fill')).toBe(HEAT);
      const opacity = Number(shared(svg, name, 'fill-opacity'));
      return pieces(svg, name).map((corners) => ({
        opacity,
        left: Math.min(...corners.map(({ x }) => x)),
        right: Math.max(...corners.map(({ x }) => x)),
        top: Math.min(...corners.map(({ y }) => y)),
        bottom: Math.max(...corners.map(({ y }) => y)),
      }));
    });
}

/** Weights of a head that attends at random. */
function weightsOf(characters: number, seed: number): number[][] {
  const random = new Random(seed, 'test');
  return Array.from({ length: characters }, (_, query) => {
    const raw = Array.from({ length: query + 1 }, () => random.uniform() ** 6);
    const total = raw.reduce((sum, value) => sum + value, 0);
    return raw.map((value) => value / total);
  });
}

const text = ['cls', ...Array.from('news_of_a_lockdown_by_the_pier_mo')];

describe('attentionFigure', () => {
  it('shows every weight of every head in its cell, and nothing above the diagonal', () => {
    const characters = text.slice(0, 9);
    const heads = [1, 2, 3, 4].map((head) => ({ label: `head ${head}`, weights: weightsOf(characters.length, head) }));
    const svg = attentionFigure({ title: 'Attention', characters, heads });
    const all = patches(svg);
    const names = drawnTexts(svg, 'heads');
    expect(names.map(({ text }) => text)).toEqual(['head 1', 'head 2', 'head 3', 'head 4']);
    heads.forEach(({ weights }, head) => {
      // Below its name, from where the name begins; the first cell is a query's that has one key only.
      const [left, nameBottom] = names[head]!.corners[3] as [number, number];
      const first = all
        .filter((patch) => patch.left === left && patch.top > nameBottom)
        .reduce((upper, patch) => (patch.top < upper.top ? patch : upper));
      expect(first.opacity).toBe(1);
      const cell = first.bottom - first.top;
      characters.forEach((_, query) => {
        characters.forEach((_, key) => {
          const [x, y] = [left + (key + 0.5) * cell, first.top + (query + 0.5) * cell];
          const found = all.filter((patch) => x > patch.left && x < patch.right && y > patch.top && y < patch.bottom);
          if (key > query) expect(found).toEqual([]);
          else {
            expect(found.length).toBeLessThanOrEqual(1);
            // Opacity is the root of the weight, in steps of 1/32.
            const opacity = found[0]?.opacity ?? 0;
            expect(Math.abs(opacity - Math.sqrt(weights[query]![key]!))).toBeLessThanOrEqual(1 / 64 + 1e-9);
          }
        });
      });
    });
  });

  it('has a character at the end of each row, and a mark for each space', () => {
    const heads = [{ label: 'head', weights: weightsOf(text.length, 1) }];
    const svg = attentionFigure({ title: 'Attention', characters: text, heads });
    const characters = drawnTexts(svg, 'characters');
    expect(characters.map(({ text: character }) => character)).toEqual(text.filter((character) => character !== '_'));
    expect(pieces(svg, 'spaces').length).toBe(text.filter((character) => character === '_').length);
    const places = characters.map(({ corners }) => corners[0]!);
    places.slice(1).forEach(([x, y], i) => {
      expect(x).toBeGreaterThan(places[i]![0]);
      expect(y).toBeGreaterThan(places[i]![1]);
    });
  });

  it('takes a page for 12 heads and 33 characters, which can be read', () => {
    const heads = Array.from({ length: 12 }, (_, i) => ({ label: `block ${i}`, weights: weightsOf(text.length, i) }));
    const svg = attentionFigure({ title: 'Attention', characters: text, heads });
    const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number) as [number, number, number];
    expect(width).toBe(640);
    expect(height).toBeLessThanOrEqual(960);
    expect(drawnTexts(svg).every(({ fontSize }) => fontSize >= 7)).toBe(true);
    // Characters along the diagonal share corners of boxes, but no ink; all else is apart.
    expectLegible(svg, ['characters']);
    expect(svg.length).toBeLessThan(400_000);
  });

  it('draws what there is: no heads, one character, missing or impossible weights', () => {
    const draw = (characters: string[], weights: number[][]): string =>
      attentionFigure({ title: 'Attention', characters, heads: [{ label: 'a', weights }] });
    expectLegible(attentionFigure({ title: 'Attention', characters: [], heads: [] }));
    expect(patches(draw(['cls'], [[1]])).length).toBe(1);
    const odd = patches(draw(['cls', 'a', 'b'], [[1], [NaN, 2]]));
    expect(odd.map(({ opacity }) => opacity)).toEqual([1, 1]);
  });
});
