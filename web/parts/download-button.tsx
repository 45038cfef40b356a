import { useSignal } from '@preact/signals';
import { attempt } from '../state.js';
import { ActionButton } from './parts.js';

interface DownloadProps {
  readonly label: string;
  /** Its name on the disk. */
  readonly file: string;
  /** Absent where there is nothing to be had. */
  readonly make: (() => Promise<Blob>) | undefined;
}

/** Makes a file, and has the browser save it. */
export function DownloadButton({ label, file, make }: DownloadProps) {
  const isBusy = useSignal(false);
  if (make === undefined) return null;
  const download = async (): Promise<void> => {
    isBusy.value = true;
    const blob = await attempt(make);
    isBusy.value = false;
    if (blob === undefined) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = file;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return (
    <ActionButton isBusy={isBusy.value} onClick={() => void download()}>
      {label}
    </ActionButton>
  );
}
