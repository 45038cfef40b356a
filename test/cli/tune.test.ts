import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createContext } from '../../src/cli/context.js';
import { followTune } from '../../src/cli/views/tune.js';
import type { StepReport } from '../../src/train/train-events.js';
import type { TrialPlace, TuneEvent } from '../../src/tune/run-tune.js';
import { Capture, letterpress } from './capture.js';
import { bad, expectToFit, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace();
const set = ['dModel=16', 'heads=2', 'layers=1'].flatMap((value) => ['--set', `model.${value}`]);

describe('tune', () => {
  it('searches, says what mattered, and leaves a recipe to train with', async () => {
    const out = place.at('search');
    const vary = ['--vary', 'training.learningRate=1e-3..1e-2:log'];
    const rounds = ['--trials', '3', '--epochs', '3', '--min-epochs', '1'];
    const stdout = await good('tune', '--data', place.news, ...set, ...vary, ...rounds, '--out', out);
    expectToFit(stdout);
    expect(stdout).toContain('varies training.learningRate');
    expect(stdout).toMatch(/^round 1, trial {2}0, 1 epoch, .+: +\d+\.\d{3}/m);
    expect(stdout).toMatch(/^round 2, trial +\d, 3 epochs, /m);
    expect(stdout).toMatch(/^1 +\d +3 +\d+\.\d{3} +\d +4,397 /m);
    expect(stdout).toMatch(/^training\.learningRate +/m);
    expect(existsSync(join(out, 'figures', 'training.learningRate.svg'))).toBe(true);
    const recipe = join(out, 'best.json');
    const summary = JSON.parse(await good('summary', '--recipe', recipe, '--json')) as object;
    expect(summary).toMatchObject({ config: { dModel: 16, heads: 2, layers: 1 } });
    // All of it has been done: it only says so again.
    const again = (await good('tune', '--resume', out, '--json')).trimEnd().split('\n');
    expect(again.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(['tune', 'finished']);
  });

  it('gives a trial that diverged no best epoch', async () => {
    const rates = ['--vary', 'training.learningRate=1e30', '--trials', '2', '--epochs', '1', '--min-epochs', '1'];
    const stdout = await good('tune', '--data', place.news, ...set, ...rates, '--out', place.at('diverged search'));
    expect(stdout).toMatch(/^1 +0 +1 +\d+\.\d{3} +1 /m);
    expect(stdout).toMatch(/^2 +1 +1 +diverged +- /m);
  });

  it('of texts from a stream continues when they are given again', async () => {
    const out = place.at('streamed');
    const stdin = [readFileSync(join(place.news, 'train.txt'), 'utf8')];
    const options = ['--clean', 'none', ...set, '--trials', '1', '--epochs', '1', '--min-epochs', '1', '--out', out];
    expect((await letterpress(['tune', '--data', '-', ...options], { stdin })).code).toBe(0);
    expect(await bad('tune', '--resume', out)).toMatch(/standard input or a pipe[^]*\(--data\)/);
    expect(await bad('tune', '--resume', out, '--data', place.news)).toMatch(/another search.* texts/);
    const again = await letterpress(['tune', '--resume', out, '--data', '-', '--json'], { stdin });
    expect(again.code).toBe(0);
    expect(again.stdout).toContain('"kind":"finished"');
  });

  it.each([true, false])('writes whole lines above the progress on a terminal (--json: %j)', async (json) => {
    const terminal = new Capture();
    const streams = { stdout: terminal, stderr: terminal, stdin: Readable.from([]), isTTY: true };
    const context = createContext(streams, false);
    const rungs = [{ trials: 1, epochs: 2 }];
    const report = { epoch: 0, done: 1, total: 2 } as StepReport;
    const trial = { rung: 0, rungs, trial: 0, done: 0 } as TrialPlace;
    async function* events(): AsyncGenerator<TuneEvent> {
      yield await Promise.resolve({ kind: 'tune', rungs, done: [] });
      yield { kind: 'training', place: trial, event: { kind: 'step', report } };
      yield { kind: 'budget', seconds: 60 };
    }
    await followTune(events(), 'tunes/x', () => undefined, context, json);
    context.finish();
    const before = terminal.text.slice(0, terminal.text.indexOf(json ? '{"kind":"budget"' : 'the budget'));
    expect(before).toContain('round 1 of 1');
    expect(before.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('refuses bad options, and to resume what is no search', async () => {
    expect(await bad('tune', '--vary', 'training.epochs')).toContain('--vary');
    expect(await bad('tune', '--vary', 'a=1', '--vary', 'a=2')).toContain('--vary a');
    expect(await bad('tune', '--budget', 'soon')).toContain("'--budget <time>'");
    expect(await bad('tune', '--resume', place.at('none'))).toContain(place.at('none'));
    expect(await bad('tune', '--resume', place.at('none'), '--trials', '3')).toContain('--trials');
    expect(await bad('tune', '--vary', 'training.epoch=3', '--out', place.at('odd'))).toContain('training.epoch');
    expect(await bad('tune', ...SHAPE)).toContain('--d-model');
    for (const option of ['--vary', '--set'])
      expect(await bad('tune', option, 'training.epochs=3', '--out', place.at('epochs'))).toMatch(
        /training\.epochs cannot be varied or set.*\n.*--epochs.*--min-epochs/,
      );
    const rate = ['--set', 'training.learningRate=0.002', '--out', place.at('twice')];
    expect(await bad('tune', ...rate)).toMatch(/set for all trials, and varied too, as.*default\n.*\(--vary\)/);
    expect(await bad('tune', ...rate, '--vary', 'training.learningRate=0.01,0.02')).toContain('(--set, --vary)');
    expect(await bad('tune', '--epochs', '2', '--min-epochs', '4')).toMatch(/at most the 2 epochs.*got 4\n/);
    expect(await bad('tune', '--vary', 'training.batch=8..2')).toContain('low: expected less than the high, got 8');
    const whole = await bad('tune', '--vary', 'training.batch=8..64', '--epochs', '1', '--out', place.at('whole'));
    expect(whole).toMatch(/trial 2 would have training\.batch=[\d.]+: .*whole number.*\n.*--vary.*8,16,32/s);
  });
});
