/** Which files of a data set are texts to train, to validate and to test on. */
import type { HubFile } from '../../../hub/cache.js';
import type { Splits } from '../../corpus.js';
import { matchesGlob, type CardConfig } from './card.js';

/** Files of one configuration: by split, or together where nothing says which split they are. */
export type SplitFiles = Readonly<Record<keyof Splits | 'whole', readonly HubFile[]>>;

/** Without files, what there is to choose from (nothing where there are no readable files at all). */
export type FileChoice =
  | { readonly files: SplitFiles; readonly config: string }
  | { readonly files?: undefined; readonly choices: readonly string[] };

/** As the `datasets` library knows them. */
const SPLIT_WORDS: Readonly<Record<string, keyof Splits>> = {
  train: 'train',
  training: 'train',
  validation: 'val',
  valid: 'val',
  val: 'val',
  dev: 'val',
  test: 'test',
  testing: 'test',
  eval: 'test',
  evaluation: 'test',
};

/** Formats that hold texts; of files that are the same but for it, the first one is read. */
const FORMATS = ['parquet', 'jsonl', 'ndjson', 'json', 'csv', 'tsv', 'txt'];
const DATA_FILE = new RegExp(`\\.(${FORMATS.join('|')})(\\.gz)?$`, 'i');
const NO_DATA =
  /(^|\/)(\.[^/]*|dataset_(infos?|dict)\.json|(state|config)\.json|(readme|licen[cs]e|requirements)[^/]*)$/i;

/** `-00000-of-00002`, with the hash that older uploads have, or the bare number of converted files. */
const SHARD = /(^|[-_.])\d{5}-of-\d{5}(-[0-9a-f]{16})?$|(?<=\/)\d{4}$/;

/**
 * Finds the files of a configuration: as the card says, else by their names. A configuration is what is left of a
 * path without the word for the split: `en/simple/train.jsonl` is of `en_simple`.
 *
 * @param config without it, the only one or the default one
 */
export function chooseFiles(
  files: readonly HubFile[],
  options: {
    readonly config?: string | undefined;
    readonly card?: readonly CardConfig[];
    /** Its name says nothing about the files in it. */
    readonly folder?: string;
  },
): FileChoice {
  const { config, card = [], folder } = options;
  const data = files.filter(({ path }) => DATA_FILE.test(path) && !NO_DATA.test(path));
  const listed = card.filter(({ files }) => files.some(({ patterns }) => filesOf(patterns, data).length > 0));
  const named =
    config === undefined
      ? (listed.find(({ isDefault }) => isDefault) ?? (listed.length === 1 ? listed[0] : undefined))
      : listed.find(({ name }) => name === config);
  if (named !== undefined) return { files: splitsOfCard(named, data), config: named.name };
  if (config === undefined && listed.length > 1) return { choices: listed.map(({ name }) => name) };
  const groups = groupFiles(data, folder);
  const group = chooseGroup(groups, config);
  if (group !== undefined) return { files: groups.get(group)!, config: group };
  return { choices: [...new Set([...listed.map(({ name }) => name), ...groups.keys()])] };
}

function chooseGroup(groups: ReadonlyMap<string, SplitFiles>, config: string | undefined): string | undefined {
  if (config !== undefined) return groups.has(normalise(config)) ? normalise(config) : undefined;
  const names = [...groups.keys()];
  if (names.length === 1) return names[0];
  // Other groups are usually extras, such as unlabelled texts.
  const split = names.filter((name) => groups.get(name)!.train.length > 0);
  if (split.length === 1) return split[0];
  return ['', 'default'].find((name) => split.includes(name));
}

/** Files by what is left of their paths without split, shard and format. */
function groupFiles(data: readonly HubFile[], folder?: string): Map<string, SplitFiles> {
  const groups = new Map<string, Map<string, { readonly split: keyof SplitFiles; readonly file: HubFile }[]>>();
  for (const file of data) {
    const { group, split } = placeOf(folder === undefined ? file.path : file.path.slice(folder.length + 1));
    const format = formatOf(file.path);
    const formats = groups.get(group) ?? new Map<string, { split: keyof SplitFiles; file: HubFile }[]>();
    groups.set(group, formats.set(format, [...(formats.get(format) ?? []), { split, file }]));
  }
  return new Map(
    [...groups].map(([name, formats]) => {
      const splitsOf = (format: string) => new Set(formats.get(format)?.map(({ split }) => split)).size;
      const [best = ''] = FORMATS.filter((format) => formats.has(format)).sort((a, b) => splitsOf(b) - splitsOf(a));
      const entries = formats.get(best) ?? [];
      const of = (wanted: keyof SplitFiles) => entries.flatMap(({ split, file }) => (split === wanted ? [file] : []));
      // A file beside the splits that belongs to none of them is not read.
      const splits = { train: of('train'), val: of('val'), test: of('test') };
      const isSplit = Object.values(splits).some(({ length }) => length > 0);
      return [name, { ...splits, whole: isSplit ? [] : of('whole') }];
    }),
  );
}

function placeOf(path: string): { readonly group: string; readonly split: keyof SplitFiles } {
  const words = path
    .replace(DATA_FILE, '')
    .replace(SHARD, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  const at = words.findLastIndex((word) => splitOf(word) !== undefined);
  const split = at < 0 ? undefined : splitOf(words[at]!);
  const rest = words.filter((word, i) => i !== at && !(i === 0 && word === 'data') && word !== 'partial');
  return { group: normalise(rest.join('_')), split: split ?? 'whole' };
}

function splitOf(word: string): keyof Splits | undefined {
  const name = word.toLowerCase().replace(/\d+$/, '');
  return Object.hasOwn(SPLIT_WORDS, name) ? SPLIT_WORDS[name] : undefined;
}

function formatOf(path: string): string {
  return (DATA_FILE.exec(path)?.[1] ?? '').toLowerCase();
}

function normalise(config: string): string {
  return config.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '_');
}

function splitsOfCard(config: CardConfig, data: readonly HubFile[]): SplitFiles {
  const of = (wanted: keyof Splits) =>
    config.files.flatMap(({ split, patterns }) =>
      split !== undefined && splitOf(split) === wanted ? filesOf(patterns, data) : [],
    );
  const splits = { train: of('train'), val: of('val'), test: of('test') };
  if (Object.values(splits).some(({ length }) => length > 0)) return { ...splits, whole: [] };
  const [first] = config.files;
  const others = config.files.filter(({ split }) => split === first?.split).flatMap(({ patterns }) => patterns);
  const files = filesOf(others, data);
  const groups = first?.split === undefined ? groupFiles(files) : new Map<string, SplitFiles>();
  return groups.size === 1 ? [...groups.values()][0]! : { ...splits, whole: files };
}

function filesOf(patterns: readonly string[], data: readonly HubFile[]): HubFile[] {
  return data.filter(({ path }) => patterns.some((pattern) => matchesGlob(pattern, path)));
}
