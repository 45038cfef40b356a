import { signal } from '@preact/signals';

/** None in a worker: of a page that is one file, its engine runs the same script. */
const scheme = 'matchMedia' in globalThis ? matchMedia('(prefers-color-scheme: dark)') : undefined;

/** Whether the page is dark: what is drawn, and not styled, is drawn again when it changes. On paper it is light. */
export const isDark = signal(scheme?.matches === true);

/** The class is for the styles, which the drawings read: browsers tell of the medium too late for them. */
function setDark(isPrinted: boolean): void {
  document.documentElement.classList.toggle('printed', isPrinted);
  isDark.value = !isPrinted && scheme!.matches;
}

if (scheme !== undefined) {
  scheme.addEventListener('change', () => setDark(false));
  addEventListener('beforeprint', () => setDark(true));
  addEventListener('afterprint', () => setDark(false));
}
