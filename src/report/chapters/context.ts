import type { GroupFacts, ReportFacts } from '../facts/types.js';
import { modelOf } from '../facts/run-groups.js';
import type { ReportInput, ReportRun } from '../input/report-input.js';
import type { Subject } from './explanation/subject.js';

/** What every chapter is written from. */
export interface ReportContext {
  readonly input: ReportInput;
  readonly facts: ReportFacts;
  /** The models that are compared: sizes, or the runs that were given. From few to many parameters. */
  readonly models: readonly GroupFacts[];
  /** The group of the best model, if there is one. */
  readonly best: GroupFacts | undefined;
  /** The model that explanations take their examples from: the best one, or else the first that was looked at. */
  readonly subject: Subject | undefined;
}

/** Gathers what chapters share. */
export function reportContext(input: ReportInput, facts: ReportFacts): ReportContext {
  const models = facts.groups.filter(isModel);
  const best = models.find(({ name }) => name === facts.best?.group);
  return { input, facts, models, best, subject: chooseSubject(input, facts) };
}

/** Whether a group is one of those that are compared, rather than made for one question. */
export function isModel({ role }: GroupFacts): boolean {
  return role === 'size' || role === 'given';
}

/** The files of a run. */
export function runOf({ input }: ReportContext, name: string): ReportRun | undefined {
  return input.runs.find(({ run }) => run.name === name)?.run;
}

/** The run of a group that stands for it where one has to be shown: with the lowest validation NLL, or else the first. */
export function shownRun(context: ReportContext, group: GroupFacts): ReportRun | undefined {
  const nll = (value: number | undefined) => (Number.isFinite(value) ? value! : Infinity);
  const [first] = [...group.runs].sort((a, b) => nll(a.figures.bestValNll) - nll(b.figures.bestValNll));
  return first === undefined ? undefined : runOf(context, first.name);
}

/** Place of a group's colour, the same in all figures. */
export function colourOf({ models }: ReportContext, group: GroupFacts): number {
  return Math.max(0, models.indexOf(group));
}

function chooseSubject({ runs }: ReportInput, facts: ReportFacts): Subject | undefined {
  const byName = new Map(runs.map(({ run }) => [run.name, run]));
  const best = facts.best === undefined ? undefined : byName.get(facts.best.run);
  const modelRuns = facts.groups.filter(isModel).flatMap((group) => group.runs.map(({ name }) => byName.get(name)));
  const candidates = [best, ...modelRuns].filter((run) => run !== undefined);
  const run = candidates.find(({ inspection }) => inspection !== undefined) ?? candidates[0];
  const shape = run === undefined ? undefined : modelOf(run.config);
  return run === undefined || shape === undefined
    ? undefined
    : { name: run.name, shape, inspection: run.inspection, conclusive: facts.kind !== 'quick' };
}
