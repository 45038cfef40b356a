/** A second recipe against the report's own. */
import { isDeepStrictEqual } from 'node:util';
import type { RunConfig } from '../../runs/schema.js';
import { compareFigure, fromTheBest, isSecondRecipe, isContender, stepsOf, type KnownGroup } from './comparisons.js';
import type { SecondRecipeFacts, PassingFacts, RunFacts } from './types.js';

/**
 * What the groups of the second recipe show together; what each does beside its own size is a comparison like others.
 *
 * @returns undefined where no group on the report's texts has a second recipe
 */
export function secondRecipeFacts(groups: readonly KnownGroup[]): SecondRecipeFacts | undefined {
  const others = groups.filter(isSecondRecipe);
  const own = groups.filter(({ group, facts }) => isContender(group, facts.comparable));
  const [other] = others;
  if (other === undefined) return undefined;
  const [best, ownBest] = [fromTheBest(others)[0], fromTheBest(own)[0]];
  return {
    recipe: other.facts.recipe,
    ownRecipe: own[0]?.facts.recipe,
    sizes: stepsOf(others),
    best:
      best === undefined || ownBest === undefined
        ? undefined
        : {
            first: best.facts.name,
            second: ownBest.facts.name,
            testNll: compareFigure(best.facts, ownBest.facts, 'testNll'),
          },
    passing: others.flatMap((first) => {
      const second = own.find(({ facts }) => facts.name === first.facts.secondRecipe);
      return second === undefined ? [] : [passingFacts(first, second)];
    }),
  };
}

function passingFacts(first: KnownGroup, second: KnownGroup): PassingFacts {
  const machines = [first, second].flatMap(({ group }) => group.runs.map(({ config }) => machineOf(config)));
  const { runs, ended } = second.facts;
  const valNll = (run: RunFacts) => run.figures.bestValNll ?? NaN;
  const finite = runs.filter((run) => Number.isFinite(valNll(run)));
  // A training that goes on may still reach what the other one has passed.
  const lowest = ended < runs.length ? undefined : finite.sort((a, b) => valNll(a) - valNll(b))[0];
  const bound = lowest === undefined ? NaN : valNll(lowest);
  return {
    first: first.facts.name,
    second: second.facts.name,
    sameMachine: machines.every((machine) => isDeepStrictEqual(machine, machines[0])),
    valNll: bound,
    ownSeconds: lowest === undefined ? NaN : secondsTo(lowest, (value) => value <= bound),
    seconds: first.facts.runs.map((run) => secondsTo(run, (value) => value < bound)),
  };
}

/** When a run first has a validation NLL of which something holds; NaN if never. */
function secondsTo({ curve }: RunFacts, holds: (valNll: number) => boolean): number {
  return curve.seconds[curve.valNll.findIndex(holds)] ?? NaN;
}

/** What a time depends on beside the work, as far as a run says it. */
function machineOf({ platform, backend }: RunConfig): object {
  const { name, isa, threads, precision } = backend;
  return { platform, name, isa, threads, precision };
}
