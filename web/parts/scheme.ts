import { signal } from '@preact/signals';

const scheme = matchMedia('(prefers-color-scheme: dark)');

/** Whether the page is dark: what is drawn, and not styled, is drawn again when it changes. */
export const isDark = signal(scheme.matches);
scheme.addEventListener('change', () => (isDark.value = scheme.matches));
