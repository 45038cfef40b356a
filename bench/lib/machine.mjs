// The machine that the figures were measured on.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus } from 'node:os';
import { chooseBackend } from '../../dist/index.js';

/** Processor, instruction set, commit and date, for the head of every table. */
export function describeMachine(choice) {
  const { info } = chooseBackend({ choice }).backend;
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    backend: info.name,
    instructionSet: info.instructionSet,
    node: process.version,
    commit: commit(),
    date: new Date().toISOString().slice(0, 10),
  };
}

export function formatMachine(m) {
  const software = `${m.backend} backend, ${m.instructionSet}; Node.js ${m.node}; commit ${m.commit}`;
  return `${m.processor}, ${m.cores} cores; ${software}; ${m.date}`;
}

/** The commit checked out, with a plus where files differ from it. */
function commit() {
  const git = (...args) => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '-uno') === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}
