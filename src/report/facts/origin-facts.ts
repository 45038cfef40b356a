import { counted } from '../../format.js';
import type { RunGroup } from './group-facts.js';
import type { RunConfig } from '../../runs/schema.js';
import type { DataFacts, GroupFacts, OriginFacts } from './types.js';

/** With which programs and machines the runs were made. */
export function originFacts(groups: readonly RunGroup[], facts: readonly GroupFacts[]): OriginFacts {
  const configs = groups.flatMap(({ runs }) => runs.map(({ config }) => config));
  const texts = (pick: (config: RunConfig) => string) => [...new Set(configs.map(pick))].sort();
  const begun = texts(({ createdAt }) => createdAt);
  return {
    begun: begun[0] ?? '',
    lastBegun: begun.at(-1) ?? '',
    seconds: facts
      .flatMap(({ runs }) => runs.map(({ figures }) => figures.seconds ?? 0))
      .reduce((sum, seconds) => sum + seconds, 0),
    letterpress: texts(({ letterpress }) => letterpress),
    node: texts(({ node }) => node),
    platforms: texts(({ platform }) => platform),
    backends: texts(describeBackend),
    precisions: texts(({ backend }) => backend.precision),
    recipes: texts(({ recipe }) => recipe.name),
    seeds: [...new Set(configs.map(({ seed }) => seed))].sort((a, b) => a - b),
  };
}

/** The texts of a group that has the report's texts; preferably one whose runs have their report. */
export function dataFacts({ config, runs }: RunGroup): DataFacts {
  const { name, kind, fingerprint, sizes, limit, cleaning, entropy } = config.corpus;
  const report = runs.find(({ corpusReport }) => corpusReport !== undefined)?.corpusReport;
  return { name, kind, fingerprint, sizes, limit, cleaning, entropy, report };
}

function describeBackend({ backend: { name, isa, threads, precision } }: RunConfig): string {
  const set = isa === undefined ? '' : ` (${isa})`;
  return `${name}${set}, ${counted(threads, 'thread')}, ${precision}`;
}
