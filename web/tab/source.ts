/** Runs that are trained in this tab, where the page is served without a studio. */
import type { StudioSource } from '../data/source.js';
import { runTask } from './run-task.js';
import { TabRuns } from './runs.js';
import { TabTrainings, type TabInfo } from './trainings.js';

export async function openTab(): Promise<StudioSource> {
  const info = (await (await fetch('assets/tab.json')).json()) as TabInfo;
  const runs = new TabRuns();
  addEventListener('beforeunload', (event) => {
    if (runs.all.some(({ isSaved }) => !isSaved)) event.preventDefault();
  });
  return {
    info: { ...info, folder: 'this tab' },
    list: () => Promise.resolve({ runs: runs.all.map(({ row }) => row), others: [], isCut: false }),
    run: async (id) => Promise.resolve(runs.find(id).details),
    increment: async (id, cursor) => runs.find(id).increment(cursor),
    steps: async (id, from, to) => runs.find(id).stepsBetween(from, to),
    surprise: async (id, epoch) => runs.find(id).surpriseOf(epoch),
    samples: async (id, epoch) => Promise.resolve(runs.find(id).samples.get(epoch) ?? []),
    model: async (id) => Promise.resolve(runs.find(id).model()),
    novelty: async (id, epoch) => {
      const { request, samples } = runs.find(id);
      return runTask({ name: 'novelty', request, samples: samples.get(epoch) ?? [] });
    },
    archive: async (id) => runs.find(id).archive(),
    listen: (listener) => runs.listen(listener),
    trainings: new TabTrainings(info, runs),
  };
}
