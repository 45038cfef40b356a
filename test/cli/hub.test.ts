import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRun } from '../../src/runs/reader.js';
import { FakeHub } from '../support/fake-hub.js';
import { letterpress } from './capture.js';
import { SHAPE } from './workplace.js';
import { fileFolder } from '../support/temporary-folders.js';

const NAME = 'IlyaGusev/headline_cause';

let hub: FakeHub;
const folder = fileFolder();
let commit: string;
let environment: Record<string, string>;

beforeAll(async () => {
  hub = await FakeHub.start();
  environment = { HF_ENDPOINT: hub.endpoint, HF_HOME: folder };
  commit = hub.commit(NAME, files('train'));
});
afterAll(() => hub.stop());

function files(word: string): Record<string, { lfs: string }> {
  const rows = (split: string, count: number) => ({
    lfs: Array.from({ length: count }, (_, i) =>
      JSON.stringify({ left_title: `${split} left number`, right_title: `${split} right`, id: `${i}` }),
    ).join('\n'),
  });
  return {
    'en/simple/train.jsonl': rows(word, 20),
    'en/simple/val.jsonl': rows('val', 4),
    'en/simple/test.jsonl': rows('test', 3),
    'en/full/train.jsonl': rows('full', 3),
  };
}

const run = (...argv: string[]) => letterpress(argv, { environment });

describe('data sets of the Hub on the command line', () => {
  it('are trained on, at a commit that the run records, from which it is evaluated without the network', async () => {
    const out = join(folder, 'run');
    const options = ['--config', 'en_simple', '--columns', 'left_title,right_title'];
    const trained = await run('train', ...SHAPE, '--epochs', '1', '--data', `hf:${NAME}`, ...options, '--out', out);
    expect(trained).toMatchObject({ code: 0 });
    expect(trained.stderr).toContain(`hf:${NAME}@${commit} (en_simple): train en/simple/train.jsonl`);
    const { config } = readRun(out);
    expect(config.corpus).toMatchObject({
      name: 'headline_cause',
      kind: 'hub',
      path: `hf:${NAME}@${commit}`,
      config: 'en_simple',
      columns: ['left_title', 'right_title'],
      sizes: { train: 40, val: 8, test: 6 },
    });

    hub.commit(NAME, files('newer'));
    hub.takePaths();
    const evaluated = await run('evaluate', out);
    expect(evaluated.code).toBe(0);
    expect(evaluated.stdout).toContain(`6 texts (test of hf:${NAME}@${commit})`);
    expect(hub.takePaths()).toEqual([]);

    const other = await run('evaluate', out, '--data', `hf:${NAME}`, ...options, '--split', 'val');
    expect(other.stdout).toContain('8 texts (val of');
  });

  it('have short forms, which mean the whole name', async () => {
    const short = await run('data', 'stats', '--data', 'headline-cause', '--clean', 'none', '--json');
    const options = ['--config', 'en_simple', '--columns', 'left_title,right_title', '--clean', 'none', '--json'];
    const whole = await run('data', 'stats', '--data', `hf:${NAME}`, ...options);
    expect(short.code).toBe(0);
    expect(short.stdout).toBe(whole.stdout);
  });

  it.each([
    [['--data', `hf:${NAME}`], /has 2 configurations: en_full and en_simple/, /Name one \(--config\)/],
    [['--data', `hf:${NAME}`, '--config', 'en_simple'], /"left_title", "right_title", "id"/, /\(--column\)/],
    [['--config', 'x'], /--config says how to read --data/, /./],
    [['--data', 'hf:nobody/nothing'], /no data set nobody\/nothing/, /HF_TOKEN/],
  ])('that cannot be read are an error in words: %j', async (argv, message, fix) => {
    const { code, stderr } = await run('data', 'stats', ...argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(fix);
    expect(stderr).not.toContain('bug in Letterpress');
  });

  it('are no long texts', async () => {
    const { code, stderr } = await run('train', '--continuous', '--data', `hf:${NAME}`);
    expect(code).toBe(2);
    expect(stderr).toContain('not a data set of the Hub');
  });
});
