import { useSignal } from '@preact/signals';
import type { RunDetails } from '../../src/studio/api.js';
import { ActionButton } from '../parts/parts.js';
import { attempt, refreshList, source } from '../state.js';

/** Stops a run that the studio trains, and resumes one that was interrupted. */
export function TrainingButtons({ row, isOwn }: Pick<RunDetails, 'row' | 'isOwn'>) {
  const isBusy = useSignal(false);
  const trainings = source.value?.trainings;
  if (trainings === undefined) return null;
  const act = async (action: 'stop' | 'resume'): Promise<void> => {
    isBusy.value = true;
    await attempt(() => trainings[action](row.id));
    isBusy.value = false;
    await refreshList();
  };
  if (row.state === 'interrupted')
    return (
      <ActionButton isPrimary isBusy={isBusy.value} onClick={() => void act('resume')}>
        Resume
      </ActionButton>
    );
  if (row.state !== 'training') return null;
  return isOwn ? (
    <ActionButton isBusy={isBusy.value} onClick={() => void act('stop')}>
      {isBusy.value ? 'Stopping…' : 'Stop'}
    </ActionButton>
  ) : (
    <small class="soft">Trained by another program: stop it there.</small>
  );
}
