import type { Inspection } from '../../runs/analysis-schema.js';
import type { GroupFacts, ReportFacts } from '../facts/types.js';
import type { ReportInput, ReportRun } from '../input/report-input.js';
import type { ModelConfig } from '../../nn/config.js';
import { modelOf, seesTargets } from '../facts/run-groups.js';
import { modelsOf } from '../rules/rule.js';
import { capital } from '../writing/numbers.js';

export interface ReportContext {
  readonly input: ReportInput;
  readonly facts: ReportFacts;
  /** The models that are compared: sizes, or the runs that were given. From few to many parameters. */
  readonly models: readonly GroupFacts[];
  /** The group of the best model, if there is one. */
  readonly best: GroupFacts | undefined;
  readonly subject: Subject | undefined;
}

/** The model that explanations take their examples from: the best one, or else the first that was inspected. */
export interface Subject {
  /** E.g. `557k, seed 0`. */
  readonly name: string;
  readonly shape: ModelConfig;
  /** What it does with a few texts; without it there are explanations, but no examples. */
  readonly inspection: Inspection | undefined;
}

export function reportContext(input: ReportInput, facts: ReportFacts): ReportContext {
  const models = modelsOf(facts);
  const best = models.find(({ name }) => name === facts.best?.group);
  return { input, facts, models, best, subject: chooseSubject(input, facts) };
}

function chooseSubject({ runs }: ReportInput, facts: ReportFacts): Subject | undefined {
  const byName = new Map(runs.map(({ run }) => [run.name, run]));
  const names = [facts.best?.run ?? '', ...modelsOf(facts).flatMap((group) => group.runs.map(({ name }) => name))];
  const candidates = names.flatMap((name) => byName.get(name) ?? []);
  const honest = candidates.filter(({ config }) => !seesTargets({ config }));
  const from = honest.length > 0 ? honest : candidates;
  const run = from.find(({ inspection }) => inspection !== undefined) ?? from[0];
  const shape = run === undefined ? undefined : modelOf(run.config);
  return run === undefined || shape === undefined
    ? undefined
    : { name: run.name, shape, inspection: inspectionOf(run) };
}

/** What a model does with a few texts: with none where it sees what it predicts, so that no example misleads. */
export function inspectionOf({ inspection, config }: ReportRun): Inspection | undefined {
  return inspection !== undefined && seesTargets({ config }) ? { ...inspection, texts: [] } : inspection;
}

/**
 * The heading of a question that a study answers, e.g. `Question 3: few texts`; a comparison has no questions.
 *
 * @param number of the question, or of its part
 */
export function questionTitle({ facts }: ReportContext, number: string, title: string): string {
  if (facts.kind === 'comparison') return capital(title);
  return number.includes('.') ? `${number} ${capital(title)}` : `Question ${number}: ${title}`;
}

export function runOf({ input }: ReportContext, name: string): ReportRun | undefined {
  return input.runs.find(({ run }) => run.name === name)?.run;
}

/**
 * The run of a group that stands for it where one has to be shown: with the lowest validation NLL, or else the first.
 */
export function shownRun(context: ReportContext, group: GroupFacts): ReportRun | undefined {
  const nll = (value: number | undefined) => (Number.isFinite(value) ? value! : Infinity);
  const [first] = [...group.runs].sort((a, b) => nll(a.figures.bestValNll) - nll(b.figures.bestValNll));
  return first === undefined ? undefined : runOf(context, first.name);
}

export function colourOf({ models }: ReportContext, group: GroupFacts): number {
  return Math.max(0, models.indexOf(group));
}

export function idOf(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return id === '' ? 'model' : id;
}

/**
 * A token as a figure or table shows it: a space cannot be seen, and the first padding token is the end of the text.
 * The signs are those that every font has.
 */
export function shownToken(name: string): string {
  if (name === ' ') return '_';
  return name === 'pad' ? 'end' : name;
}

/** Explains those tokens that are not shown as themselves, with a space before it; empty where there are none. */
export function tokenNote(shown: readonly string[]): string {
  const notes = [
    ...(shown.includes('_') ? ['_ is the space'] : []),
    ...(shown.includes('end') ? ['“end” is the end of the text'] : []),
  ];
  return notes.length === 0 ? '' : ` ${capital(notes.join(', '))}.`;
}

export function tokensOf(text: string, { tokens }: Inspection): number[] {
  return Array.from(text, (character) => tokens.indexOf(character));
}

export function specialTokens({ tokens }: Inspection): { readonly pad: number; readonly cls: number } {
  return { pad: tokens.indexOf('pad'), cls: tokens.indexOf('cls') };
}
