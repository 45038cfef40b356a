import { signal } from '@preact/signals';

/** None in a worker: of a page that is one file, its engine runs the same script. */
const scheme = 'matchMedia' in globalThis ? matchMedia('(prefers-color-scheme: dark)') : undefined;

/** Whether the page is dark: what is drawn, and not styled, is drawn again when it changes. */
export const isDark = signal(scheme?.matches === true);
scheme?.addEventListener('change', () => (isDark.value = scheme.matches));
