import { LetterpressError } from '../../../errors.js';

/** What `--data hf:…` says, and the short forms. */
export interface HubAddress {
  /** `OWNER/NAME`. */
  readonly name: string;
  /** A branch, a tag or a commit. */
  readonly revision?: string;
  /** A file or folder of it. */
  readonly path?: string;
  /** What the notebook read of it, unless others are asked for. */
  readonly config?: string;
  readonly columns?: readonly string[];
}

/** Data sets with a name of their own. */
const SHORT_FORMS: Readonly<Record<string, HubAddress>> = {
  'headline-cause': {
    name: 'IlyaGusev/headline_cause',
    config: 'en_simple',
    columns: ['left_title', 'right_title'],
  },
};

/** `hf:OWNER/NAME@REVISION/PATH`; in a revision, only refs/convert/… and refs/pr/… have slashes. */
const ADDRESS =
  /^(?<name>[^@/]+\/[^@/]+|[^@/]+)(?:@(?<revision>refs\/(?:convert|pr)\/[^/]+|[^/]+))?(?:\/(?<path>.+))?$/;

/**
 * Reads `hf:OWNER/NAME[@REVISION][/PATH]`, the same after `hf://datasets/`, or a short form.
 *
 * @returns nothing where the text is the path of a file or folder
 * @throws LetterpressError BAD_INPUT for an address that cannot be understood
 * @example parseHubAddress('hf:ag_news@main/data')?.path // 'data'
 */
export function parseHubAddress(text: string): HubAddress | undefined {
  if (Object.hasOwn(SHORT_FORMS, text)) return SHORT_FORMS[text];
  const [, address] = /^hf:(?:\/\/(?:datasets\/)?)?(.*)$/is.exec(text) ?? [];
  if (address === undefined) return undefined;
  const { name, revision, path } = ADDRESS.exec(address.replace(/\/+$/, ''))?.groups ?? {};
  if (name === undefined)
    throw new LetterpressError(
      'BAD_INPUT',
      `expected hf:OWNER/NAME, got ${text}`,
      'Write the name as in the address of its page: huggingface.co/datasets/OWNER/NAME.',
    );
  return { name, ...(revision === undefined ? {} : { revision }), ...(path === undefined ? {} : { path }) };
}

export function formatHubAddress({ name, revision, path }: HubAddress): string {
  return `hf:${name}${revision === undefined ? '' : `@${revision}`}${path === undefined ? '' : `/${path}`}`;
}
