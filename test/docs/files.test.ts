/** docs/files.md: it names every file of the folders that Letterpress writes, and its Python opens them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { RECIPES } from '../../src/train/recipes/index.js';
import { good, SHAPE, Workplace } from '../cli/workplace.js';
import { withTinySizes } from '../study/tiny-study.js';
import { lacksPython, runPython } from '../support/python.js';

const place = new Workplace();
const page = readFileSync(join(import.meta.dirname, '../../docs/files.md'), 'utf8');

/** The folder of each section's example. */
const FOLDERS = {
  'A run': 'runs/news',
  'A study': 'studies/news',
  'A mixture': 'runs/news-mixture',
  'A distillation set': 'runs/news-distillation-set',
  'A search': 'tunes/news',
};

// A study writes a report, which takes seconds, and many of them on a busy machine.
beforeAll(async () => {
  const run = place.at('runs/news');
  await good('train', ...place.texts, ...SHAPE, '--epochs', '2', '--tensorboard', '--out', run);
  await good('analyse', run, '--temperatures', '0.5,1');
  await good('mix', run, '--order', '3', '--out', place.at('runs/news-mixture'));
  await good('distill', run, '--texts', '6', '--out', place.at('runs/news-distillation-set'));
  const tiny = place.file('tiny.json', JSON.stringify(withTinySizes({ ...RECIPES.notebook, name: 'tiny' })));
  const recipe = ['--recipe', tiny, '--threads', '1'];
  const search = ['--size', '87k', '--trials', '3', '--epochs', '2', '--min-epochs', '1'];
  await good('tune', ...place.texts, ...recipe, ...search, '--out', place.at('tunes/news'));
  const study = ['--sizes', '87k', '--epochs', '1', '--few', '20', '--no-padding-check'];
  await good('study', ...place.texts, ...recipe, ...study, '--out', place.at('studies/news'));
}, 400_000);

describe.each(Object.entries(FOLDERS))('docs/files.md, %s', (section, folder) => {
  it('lists every file that there is, and no other', () => {
    const rows =
      page
        .split(`\n## ${section}\n`)[1]!
        .split('\n## ')[0]!
        .match(/^\| `.*$/gm) ?? [];
    const names = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!));
    const patterns = names.map((name) => {
      const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      return new RegExp(`^${literal.replace(/\d{4}/, '\\d{4,}').replace('…', '.+')}$`);
    });
    const files = readdirSync(place.at(folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(place.at(folder).length + 1));
    for (const file of files)
      expect(
        patterns.some((pattern) => pattern.test(file)),
        file,
      ).toBe(true);
    patterns.forEach((pattern, i) =>
      expect(
        files.some((file) => pattern.test(file)),
        names[i],
      ).toBe(true),
    );
  });
});

it.skipIf(lacksPython('numpy'))('the Python of docs/files.md opens them all', () => {
  const snippets = [...page.matchAll(/^```python\n([^]*?)^```/gm)].map(([, code]) => code!);
  expect(snippets).toHaveLength(7);
  runPython(snippets.join('\n'), { cwd: place.at('.') });
});
