import { describe, expect, it } from 'vitest';
import { letterpress } from './capture.js';
import type { BenchReport } from '../../src/profile/report.js';
import { bad, expectToFit, good, SHAPE, Workplace } from './workplace.js';

const place = new Workplace();

/** A model of a few thousand parameters for a few steps. */
const QUICK = [...SHAPE, '--batch', '8', '--steps', '3'] as const;

const measured = async (...argv: string[]): Promise<BenchReport> =>
  JSON.parse(await good('bench', ...QUICK, ...argv, '--json')) as BenchReport;

describe('bench', () => {
  it('prints the machine, the model, its speed and where the time goes', async () => {
    const stdout = await good('bench', ...QUICK, '--threads', '1');
    expect(stdout).toMatch(/^.+, \d+ cores; (native|wasm) backend, \w+, 1 thread, f32\n/);
    expect(stdout).toMatch(/^modern-16x1: 4,397 parameters; batches of 8 texts \(gazette\), --padding first$/m);
    expect(stdout).toMatch(/^peak +[\d.]+ GFLOP\/s/m);
    expect(stdout).toMatch(/^linear 16→48 +gradient +2 +[\d.]+ +[\d.]+ % +[\d.]+/m);
    expect(stdout).toMatch(/^outside the operations +[\d.]+ +[\d.]+ %$/m);
    expectToFit(stdout);
  });

  it('with --json writes figures that fit each other', async () => {
    const report = await measured('--padding', 'all');
    expect(report).toMatchObject({
      precision: 'f32',
      parameters: 4397,
      batch: 8,
      padding: 'all',
      steps: 3,
      tokensPerStep: 8 * 149,
    });
    const { secondsPerStep, tokensPerSecond, gflops, peakGflops, operations } = report;
    expect(secondsPerStep).toBeGreaterThan(0);
    // All batches are of one size, so each rate is that of the median step.
    expect(report.stepsPerSecond * secondsPerStep).toBeCloseTo(1, 9);
    expect(tokensPerSecond * secondsPerStep).toBeCloseTo(report.tokensPerStep, 6);
    expect(gflops * secondsPerStep).toBeCloseTo(report.gflopPerStep, 9);
    // For each of 8 · 149 rows: 16 × 48, 16 × 16, SwiGLU's 3 × 16 × 48 and 16 × 29;
    // and attention over 149 · 150 / 2 pairs.
    const flops = 3 * (2 * 8 * 149 * (768 + 256 + 2304 + 464) + 4 * 8 * 11_175 * 16);
    expect(report.gflopPerStep).toBeCloseTo(flops / 1e9, 12);
    expect(report.shareOfPeak).toBeCloseTo(gflops / peakGflops!, 9);
    const sum = (key: 'secondsPerStep' | 'share') => operations.reduce((total, row) => total + row[key], 0);
    expect(sum('share')).toBeCloseTo(1, 9);
    expect(sum('secondsPerStep')).toBeCloseTo(report.tableSecondsPerStep, 9);
    expect(operations.at(-1)?.operation).toBeNull();
  });

  it('with --precision bf16 has two peaks', async () => {
    const report = await measured('--precision', 'bf16');
    expect(report).toMatchObject({ precision: 'bf16' });
    const { gflops, peakGflops, peakBf16Gflops, shareOfPeak } = report;
    expect(peakGflops).toBeGreaterThan(0);
    expect(peakBf16Gflops).toBeGreaterThan(0);
    expect(shareOfPeak).toBeCloseTo(gflops / peakBf16Gflops!, 9);
    const stdout = await good('bench', ...QUICK, '--precision', 'bf16');
    expect(stdout).toMatch(/^.+, bf16$/m);
    expect(stdout).toMatch(/^peak +[\d.,]+ GFLOP\/s in bf16, [\d.,]+ GFLOP\/s in f32: /m);
  });

  it('takes texts, recipes and backends as train does', async () => {
    const argv = [...place.texts, '--recipe', 'notebook', '--backend', 'portable'];
    const report = await measured(...argv, '--precision', 'f32');
    expect(report).toMatchObject({
      backend: 'portable',
      instructionSet: 'javascript',
      threads: 1,
      corpus: 'news',
      model: 'notebook-16x1',
      peakGflops: null,
      shareOfPeak: null,
    });
  });

  it('says what is wrong before it reads any text', async () => {
    expect(await bad('bench', '--preset', '5M')).toContain("Did you mean '5m'?");
    expect(await bad('bench', '--preset', '5m', '--d-model', '8')).toContain('--d-model');
    expect(await bad('bench', '--steps', '0')).toContain("'--steps <n>'");
    expect(await bad('bench', '--precision', 'f16')).toContain("'f32' or 'bf16'");
    expect(await bad('bench', ...QUICK, '--precision', 'bf16', '--backend', 'portable')).toContain('bf16');
    expect(await bad('bench', ...QUICK, '--data', place.at('nowhere'))).toContain('nowhere');
  });

  it('ends at Ctrl-C without figures', async () => {
    let interrupt: () => void = () => undefined;
    const running = letterpress(['bench', ...SHAPE, '--steps', '10000'], {
      onInterrupt: (listener) => {
        interrupt = listener;
        return () => undefined;
      },
    });
    setTimeout(() => interrupt(), 300);
    expect(await running).toEqual({ code: 130, stdout: '', stderr: '' });
  });
});
