import { parse } from 'yaml';
import * as z from 'zod';

/** A configuration that the card of a data set (its README.md) lists. */
export interface CardConfig {
  readonly name: string;
  readonly isDefault: boolean;
  /** Glob patterns of its files; without `split`, the names of the files tell the split. */
  readonly files: readonly { readonly split?: string; readonly patterns: readonly string[] }[];
}

const patterns = z.union([z.string(), z.array(z.string()).max(1000)]);
const dataFiles = z.union([
  patterns,
  z.array(z.object({ split: z.string(), path: patterns })).max(1000),
  z.record(z.string(), patterns),
]);
const cardSchema = z.object({
  configs: z
    .array(
      z.object({
        config_name: z.string(),
        data_files: dataFiles.optional(),
        data_dir: z.string().optional(),
        default: z.boolean().optional(),
      }),
    )
    .max(10_000),
});

/** The configurations in the YAML block of a README.md; none where there is none that can be read. */
export function cardConfigs(readme: string): CardConfig[] {
  const [, block] = /^\uFEFF?---\r?\n(.*?)\r?\n---\s*(?:\r?\n|$)/s.exec(readme) ?? [];
  const card = cardSchema.safeParse(block === undefined ? undefined : parseYaml(block));
  if (!card.success) return [];
  return card.data.configs.flatMap(({ config_name: name, data_files: files, data_dir: folder, default: isDefault }) => {
    if (files === undefined && folder === undefined) return [];
    const within = (each: z.infer<typeof patterns>) =>
      [each].flat().map((pattern) => [folder, pattern].filter((part) => part !== undefined).join('/'));
    return [{ name, isDefault: isDefault ?? name === 'default', files: filesOf(files ?? '**', within) }];
  });
}

function filesOf(
  files: z.infer<typeof dataFiles>,
  within: (each: z.infer<typeof patterns>) => string[],
): CardConfig['files'] {
  if (typeof files === 'string') return [{ patterns: within(files) }];
  if (!Array.isArray(files)) return Object.entries(files).map(([split, path]) => ({ split, patterns: within(path) }));
  return files.map((each) =>
    typeof each === 'string' ? { patterns: within(each) } : { split: each.split, patterns: within(each.path) },
  );
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { maxAliasCount: 10, logLevel: 'silent' }) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Whether a path matches a glob pattern with `*`, `**`, `?` and `[…]`, in time proportional to both lengths: patterns
 * come from a server, and a regular expression would let them take forever. A folder matches what is in it.
 */
export function matchesGlob(pattern: string, path: string): boolean {
  const wanted = pattern.split('/').filter((part) => part !== '' && part !== '.');
  const names = path.split('/');
  // Which beginnings of the path match the beginning of the pattern.
  let reached = names.map(() => false).concat(false);
  reached[0] = true;
  for (const part of wanted) {
    const first = reached.indexOf(true);
    reached =
      part === '**'
        ? reached.map((_, at) => first >= 0 && at >= first)
        : reached.map((_, at) => at > 0 && reached[at - 1]! && matchesName(part, names[at - 1]!));
  }
  return reached[names.length]! || (!/[*?[]/.test(wanted.at(-1) ?? '') && reached.includes(true));
}

function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.match(/\*+|\[[^\]]+\]|./gsu) ?? [];
  let [at, part] = [0, 0];
  let star: { readonly at: number; readonly part: number } | undefined;
  const characters = Array.from(name);
  while (at < characters.length) {
    if (parts[part]?.startsWith('*')) star = { at, part: part++ };
    else if (part < parts.length && matchesCharacter(parts[part]!, characters[at]!)) [at, part] = [at + 1, part + 1];
    else if (star === undefined) return false;
    // The last star takes one character more.
    else [star, at, part] = [{ at: star.at + 1, part: star.part }, star.at + 1, star.part + 1];
  }
  return parts.slice(part).every((rest) => rest.startsWith('*'));
}

function matchesCharacter(part: string, character: string): boolean {
  if (part === '?') return true;
  const [, not, set] = /^\[([!^]?)(.+)\]$/s.exec(part) ?? [];
  if (set === undefined) return part === character;
  const ranges = set.match(/.-.|./gsu) ?? [];
  const isIn = ranges.some((range) => range.at(0)! <= character && character <= range.at(-1)!);
  return isIn === (not === '');
}
