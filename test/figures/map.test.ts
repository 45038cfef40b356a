import { describe, expect, it } from 'vitest';
import { Random } from '../../src/random.js';
import { mapFigure } from '../../src/figures/map.js';
import { ALPHABET, drawnTexts, expectLegible, lines, points } from '../support/svg.js';

const titles = { title: 'Characters', xTitle: 'first component', yTitle: 'second component' };

function characters(seed: number, spread: number): { label: string; x: number; y: number; group: string }[] {
  const random = new Random(seed, 'test');
  return ALPHABET.map((label) => ({
    label,
    x: random.normal() * spread,
    y: random.normal(),
    group: 'aeiou'.includes(label) ? 'vowels' : 'others',
  }));
}

describe('mapFigure', () => {
  it('puts every point where its coordinates say, a unit as long across as up', () => {
    const given = characters(1, 1.5);
    const svg = mapFigure({ ...titles, points: given });
    const order = [
      ...given.filter(({ group }) => group === 'vowels'),
      ...given.filter(({ group }) => group === 'others'),
    ];
    expect(given[0]!.group).toBe('vowels');
    const drawn = [...points(svg, 'group0'), ...points(svg, 'group1')];
    expect(drawn.length).toBe(29);
    const unit = (drawn[1]!.x - drawn[0]!.x) / (order[1]!.x - order[0]!.x);
    drawn.forEach(({ x, y }, i) => {
      expect(x - drawn[0]!.x).toBeCloseTo(unit * (order[i]!.x - order[0]!.x), 0);
      expect(y - drawn[0]!.y).toBeCloseTo(-unit * (order[i]!.y - order[0]!.y), 0);
    });
  });

  it('names every character, none on another, near its point or joined to it', () => {
    for (const seed of [2, 3, 4, 5]) {
      const given = characters(seed, 1);
      const svg = mapFigure({ ...titles, points: given });
      const names = drawnTexts(svg, 'names');
      expect(names.map(({ text }) => text)).toEqual(
        ALPHABET.map((character) => (character === '_' ? 'space' : character)),
      );
      expectLegible(svg);
      const drawn = [...points(svg, 'group0'), ...points(svg, 'group1')];
      const leaders = lines(svg, 'leaders');
      leaders.forEach((leader) => {
        expect(drawn.some(({ x, y }) => Math.hypot(x - leader.x, y - leader.y) < 0.1)).toBe(true);
      });
      const near = names.filter(({ corners }) =>
        drawn.some(({ x, y }) => {
          const [[left, top], , [right, bottom]] = corners as [[number, number], unknown, [number, number]];
          return x > left - 11 && x < right + 11 && y > top - 11 && y < bottom + 11;
        }),
      );
      expect(near.length + leaders.length).toBeGreaterThanOrEqual(29);
    }
  });

  it('gives axes their own units where one range is far larger', () => {
    const svg = mapFigure({ ...titles, points: characters(1, 1000) });
    const drawn = [...points(svg, 'group0'), ...points(svg, 'group1')].map(({ y }) => y);
    expect(Math.max(...drawn) - Math.min(...drawn)).toBeGreaterThan(200);
  });

  it('draws axes where there is nothing else, and points that all lie on each other', () => {
    expectLegible(mapFigure({ ...titles, points: [] }));
    expectLegible(mapFigure({ ...titles, points: [{ label: 'a', x: NaN, y: 1, group: 'g' }] }));
    const same = mapFigure({ ...titles, points: characters(1, 1).map((point) => ({ ...point, x: 7, y: 7 })) });
    expectLegible(same);
    expect(lines(same, 'leaders').length).toBeGreaterThan(10);
  });
});
