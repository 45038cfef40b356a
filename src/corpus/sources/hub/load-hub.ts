import { HubDataSet, type HubOptions } from '../../../hub/data-set.js';
import type { HubFile } from '../../../hub/cache.js';
import { hubSettings, type HubEnvironment } from '../../../hub/settings.js';
import { LetterpressError } from '../../../errors.js';
import { listed } from '../../../format.js';
import { holdOut, splitColumns, type Corpus, type Splits, SPLITS } from '../../corpus.js';
import { splitAlready } from '../read-file.js';
import { formatHubAddress, type HubAddress } from './address.js';
import { cardConfigs } from './card.js';
import { chooseFiles, type FileChoice, type SplitFiles } from './split-files.js';

/** How the Hub is asked, and who is told of it. */
export interface HubAccess extends HubOptions {
  /** Default: that of the process. See docs/data.md for the variables. */
  readonly environment?: HubEnvironment | undefined;
}

export interface HubRequest {
  readonly address: HubAddress;
  /** Which of its configurations, where it has several. */
  readonly config?: string | undefined;
  readonly columns?: readonly string[] | undefined;
  /** Draws the splits that the data set does not have. Default 0. */
  readonly seed?: number | undefined;
  readonly access?: HubAccess | undefined;
}

/** Reads the texts of a file, `[columns][rows]`. */
type ReadTexts = (path: string, columns: readonly string[] | undefined) => Promise<string[][]>;

/** The branch on which the Hub keeps data sets converted to Parquet. */
const CONVERTED = 'refs/convert/parquet';
const MAX_CARD_BYTES = 2 ** 20;
const NAMES = { train: 'training', val: 'validation', test: 'test' } as const;

/**
 * Reads a data set of the Hugging Face Hub: the files that its card or their names say are its splits, else the
 * Parquet files that the Hub has converted it to. In each split come all texts of the first column, then all of the
 * second, as in docs/notebook.md, section 2. Splits that it does not have are drawn from the training rows.
 *
 * @throws LetterpressError BAD_INPUT when there is no such data set, or it has several configurations and none was
 *   named; IO when the Hub cannot be reached and the cache does not have it
 */
export async function loadHub(request: HubRequest, readTexts: ReadTexts): Promise<Corpus> {
  const { address, access = {} } = request;
  const config = request.config ?? address.config;
  const columns = request.columns ?? address.columns;
  const tell = (message: string) => access.onEvent?.({ type: 'notice', message });
  const { dataSet, files, chosen } = await findFiles(address, config, access);

  const read = async (part: readonly HubFile[]): Promise<string[][]> => {
    const paths = await dataSet.download(part);
    const texts: string[][] = [];
    for (const path of paths) {
      const more = await readTexts(path, columns);
      more.forEach((column, i) => (texts[i] = (texts[i] ?? []).concat(column)));
    }
    return texts;
  };
  const place = { name: address.name, revision: dataSet.commit };
  const path = formatHubAddress(address.path === undefined ? place : { ...place, path: address.path });
  if (request.seed !== undefined && files.whole.length === 0 && SPLITS.every((split) => files[split].length > 0))
    throw splitAlready(path);
  tell(describe(path, chosen, files));
  const parts = { train: await read(files.train), val: await read(files.val), test: await read(files.test) };
  return {
    name: address.name.split('/').at(-1)!,
    kind: 'hub',
    path,
    ...(config === undefined ? {} : { config }),
    ...(columns === undefined ? {} : { columns }),
    splits: completeSplits(parts, await read(files.whole), { seed: request.seed ?? 0, path, tell }),
    alreadyClean: false,
  };
}

interface FoundFiles {
  readonly dataSet: HubDataSet;
  readonly files: SplitFiles;
  /** The configuration. */
  readonly chosen: string;
}

async function findFiles(address: HubAddress, config: string | undefined, access: HubAccess): Promise<FoundFiles> {
  const settings = hubSettings(access.environment ?? process.env);
  const dataSet = await HubDataSet.open(address, settings, access);
  const own = await chooseIn(dataSet, address, config);
  if (own.files !== undefined) return { dataSet, files: own.files, chosen: own.config };
  const mayBeConverted = address.path === undefined && address.revision === undefined;
  if (!mayBeConverted || (config === undefined && own.choices.length > 0)) throw noFiles(address, config, own.choices);
  const converted = await openConverted(address.name, settings, access);
  const choice = converted && (await chooseIn(converted, address, config));
  if (choice?.files !== undefined) return { dataSet: converted!, files: choice.files, chosen: choice.config };
  throw noFiles(address, config, own.choices.length === 0 ? (choice?.choices ?? []) : own.choices);
}

/** The files of the address in a data set. */
async function chooseIn(
  dataSet: HubDataSet,
  { name, path }: HubAddress,
  config: string | undefined,
): Promise<FileChoice> {
  if (path === undefined) {
    const readme = await dataSet.text('README.md', MAX_CARD_BYTES);
    return chooseFiles(dataSet.files, { config, card: readme === undefined ? [] : cardConfigs(readme) });
  }
  const file = dataSet.files.find((each) => each.path === path);
  if (file !== undefined) return { files: { train: [], val: [], test: [], whole: [file] }, config: '' };
  const within = dataSet.files.filter((each) => each.path.startsWith(`${path}/`));
  if (within.length === 0)
    throw new LetterpressError(
      'BAD_INPUT',
      `${name} has no file or folder ${path} at ${dataSet.commit.slice(0, 12)}`,
      'Check the path on the page of the data set, under Files.',
    );
  return chooseFiles(within, { config, folder: path });
}

async function openConverted(
  name: string,
  settings: ReturnType<typeof hubSettings>,
  access: HubAccess,
): Promise<HubDataSet | undefined> {
  try {
    return await HubDataSet.open({ name, revision: CONVERTED }, settings, access);
  } catch (error) {
    // Not every data set is converted; that the Hub cannot be reached is worth saying.
    if (error instanceof LetterpressError && error.code === 'BAD_INPUT') return undefined;
    throw error;
  }
}

function noFiles(address: HubAddress, config: string | undefined, choices: readonly string[]): LetterpressError {
  const where = formatHubAddress(address);
  const shown = choices.slice(0, 20).map((name) => (name === '' ? 'default' : name));
  const names = listed([...shown, ...(choices.length > 20 ? [`${choices.length - 20} more`] : [])]);
  if (choices.length === 0)
    return new LetterpressError(
      'BAD_INPUT',
      `${where} has no files of texts: no .parquet, .jsonl, .json, .csv, .tsv or .txt`,
      'Name another data set, or download its files and convert them.',
    );
  if (config === undefined)
    return new LetterpressError(
      'BAD_INPUT',
      `${where} has ${choices.length} configurations: ${names}`,
      `Name one (config), or a file or folder: hf:${address.name}/PATH.`,
    );
  return new LetterpressError(
    'BAD_INPUT',
    `${where} has no configuration ${config}`,
    `It has ${names}. A file or folder of it can be named too: hf:${address.name}/PATH.`,
  );
}

/** One line that says which files are read. */
function describe(path: string, config: string, files: SplitFiles): string {
  const parts = (['train', 'val', 'test', 'whole'] as const).flatMap((name) => {
    const [first, ...others] = files[name];
    if (first === undefined) return [];
    const what = name === 'whole' ? '' : `${name} `;
    return [`${what}${first.path}${others.length === 0 ? '' : ` and ${others.length} more`}`];
  });
  const cut = Object.values(files)
    .flat()
    .some((file) => /(^|\/)partial-/.test(file.path));
  return (
    `${path}${config === '' ? '' : ` (${config})`}: ${parts.join(', ')}` +
    (cut ? '; the Hub has converted only its beginning' : '')
  );
}

/** Draws what is missing, and says so. */
function completeSplits(
  parts: Readonly<Record<keyof Splits, string[][]>>,
  whole: string[][],
  { seed, path, tell }: { readonly seed: number; readonly path: string; readonly tell: (message: string) => void },
): Splits {
  const { train, val, test } = parts;
  if (whole.length > 0) return splitColumns(whole, seed, path);
  const present = SPLITS.filter((name) => parts[name].length > 0);
  if (present.length === 1) {
    tell(`${path} has a ${NAMES[present[0]!]} split only: it is split 80/10/10`);
    return splitColumns(parts[present[0]!], seed, path);
  }
  const flat = (columns: string[][]): string[] => columns.flat();
  if (present.length === 3) return { train: flat(train), val: flat(val), test: flat(test) };
  const missing = SPLITS.find((name) => !present.includes(name))!;
  // Of what is learned from, or, without that, of what is validated on.
  const from = missing === 'train' ? 'val' : 'train';
  tell(
    missing === 'train'
      ? `${path} has no training split: the validation rows are trained on, but for a tenth`
      : `${path} has no ${NAMES[missing]} split: a tenth of the training rows is held out for it`,
  );
  const [rest = [], held = []] = holdOut(parts[from], 1, seed);
  return missing === 'train'
    ? { train: rest, val: held, test: flat(test) }
    : { train: rest, val: flat(val), test: flat(test), [missing]: held };
}
