import { basename } from 'node:path';
import { mixtureSchema } from '../ensemble/mixture-schema.js';
import { counted, formatNumber } from '../format.js';
import { isWritten } from '../runs/folder-lock.js';
import { MIXTURE_FILE } from '../runs/layout.js';
import { REPORT_FILES } from '../report/report-folder.js';
import { STUDY_FILES, studySchema } from '../study/study-file.js';
import { trialResultSchema } from '../tune/trial.js';
import { TUNE_FILES, tuneSchema } from '../tune/tune-file.js';
import * as z from 'zod';
import { parseJsonLines } from '../runs/atomic.js';
import { damaged } from '../runs/run-file.js';
import type { OtherFolder } from './api.js';
import { jsonOf, problemOf, textOf } from './run-files.js';
import { statOf, type FoundFolder } from './scan.js';

export type FoundOther = FoundFolder & { readonly kind: OtherFolder['kind'] };

/** Studies, mixtures and searches, read again when a file has changed. */
export class Others {
  private readonly known = new Map<string, { readonly key: string; readonly other: OtherFolder }>();

  of({ id, kind, path }: FoundOther): OtherFolder {
    const file = { study: STUDY_FILES.study, mixture: MIXTURE_FILE, search: TUNE_FILES.tune }[kind];
    const stats = [file, TUNE_FILES.trials].map((name) => statOf(path, name));
    const state = {
      isWritten: isWritten(path),
      hasReport: kind === 'study' && statOf(path, REPORT_FILES.html) !== undefined,
    };
    const key = JSON.stringify([kind, stats, state]);
    const before = this.known.get(id);
    if (before?.key === key) return before.other;
    const changedAt = Math.max(...stats.map((stat) => stat?.time ?? 0));
    const other = { id, kind, title: basename(path), about: describe(kind, path), changedAt, ...state };
    this.known.set(id, { key, other });
    return other;
  }

  /** Forgets folders that are gone. */
  keep(ids: ReadonlySet<string>): void {
    for (const id of this.known.keys()) if (!ids.has(id)) this.known.delete(id);
  }
}

function describe(kind: OtherFolder['kind'], folder: string): string {
  try {
    return DESCRIPTIONS[kind](folder);
  } catch (error) {
    return problemOf(error);
  }
}

const nats = (nll: number | undefined): string => `${formatNumber(nll)} nats per text`;

const DESCRIPTIONS: Readonly<Record<OtherFolder['kind'], (folder: string) => string>> = {
  study: (folder) => {
    const study = jsonOf(folder, STUDY_FILES.study, studySchema);
    const done = study?.jobs.filter(({ state }) => state === 'finished').length ?? 0;
    const best = study?.best ? `; best size ${study.best.size}, ${nats(study.best.meanValNll)}` : '';
    return `${done} of ${counted(study?.jobs.length ?? 0, 'training')} done${best}`;
  },
  mixture: (folder) => {
    const mixture = jsonOf(folder, MIXTURE_FILE, mixtureSchema);
    const ngram = mixture?.ngram === undefined ? '' : ` and an n-gram model of order ${mixture.ngram.order}`;
    return `${counted(mixture?.runs.length ?? 0, 'model')}${ngram}: ${nats(mixture?.validation.crossValidatedNll)}`;
  },
  search: (folder) => {
    const tune = jsonOf(folder, TUNE_FILES.tune, tuneSchema);
    const lines = parseJsonLines(textOf(folder, TUNE_FILES.trials) ?? '', () => {
      throw damaged(TUNE_FILES.trials, 'a line is not JSON');
    });
    const trials = z.array(trialResultSchema).safeParse(lines).data ?? [];
    const best = Math.min(...trials.map(({ valNll }) => valNll).filter(Number.isFinite));
    const asked = tune?.options.trials ?? 0;
    const done = new Set(trials.map(({ trial }) => trial)).size;
    return `${done} of ${counted(asked, 'trial')}${done === 0 ? '' : `; best ${nats(best)}`}`;
  },
};
