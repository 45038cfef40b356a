// The page of the API: every export of the package, with its docstring, by the room that it lives in.
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** Headings by room of `src/`, in the order of the page; what is in none of them comes last. */
const SECTIONS = {
  'Train, load, save': ['index.ts', 'browser.ts', 'train/train-model', 'train/train-events', 'train/worker/browser'],
  'Trained models': ['model', 'generators'],
  Texts: ['corpus', 'hub'],
  Alphabets: ['tokenizer'],
  'Plans and recipes': ['train/plan', 'train/recipes', 'train/settings', 'nn/config', 'nn/presets'],
  'Run directories': ['runs', 'train/worker', 'train/training-run', 'train/describe-run'],
  'Mixtures and distillation': ['ensemble', 'train/distillation'],
  'N-gram models and other baselines': ['baselines'],
  'Statistics, diagnosis, sample quality': ['statistics', 'diagnosis', 'texts'],
  'Studies and reports': ['study', 'report'],
  'Under the hood': [''],
};

/** @param root folder of the repository */
export function apiPage(root) {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (file) => readFileSync(file, 'utf8'));
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const entries = { node: join(root, 'src/index.ts'), browser: join(root, 'src/browser.ts') };
  const program = ts.createProgram(Object.values(entries), {
    ...options,
    incremental: false,
    tsBuildInfoFile: undefined,
  });
  const checker = program.getTypeChecker();
  const exportsOf = (file) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)));
  const found = new Map();
  for (const [place, file] of Object.entries(entries)) {
    for (const symbol of exportsOf(file)) {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const key = `${symbol.name} ${target.declarations?.[0]?.getSourceFile().fileName}`;
      const { places = [] } = found.get(key) ?? {};
      found.set(key, { name: symbol.name, target, places: [...places, place] });
    }
  }
  const sections = new Map(Object.keys(SECTIONS).map((title) => [title, []]));
  for (const each of found.values()) {
    const file = relative(join(root, 'src'), each.target.declarations[0].getSourceFile().fileName);
    const [title] = Object.entries(SECTIONS).find(([, starts]) => starts.some((start) => file.startsWith(start)));
    sections.get(title).push({ ...each, text: describe(each, checker) });
  }
  for (const all of sections.values()) all.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1));
  const contents = [...sections].map(([title, all]) => {
    const names = all.filter((each) => rank(each) < 2).map(({ name }) => `\`${name}\``);
    return `- [${title}](#${anchor(title)}): ${[...new Set(names)].join(', ')}`;
  });
  const chapters = [...sections].map(([title, all]) => `## ${title}\n\n${all.map(({ text }) => text).join('\n\n')}`);
  return [contents.join('\n'), ...chapters].join('\n\n');
}

const anchor = (title) =>
  title
    .toLowerCase()
    .replace(/[^a-z -]/g, '')
    .replaceAll(' ', '-');

/** Functions first, then classes and constants, then types. */
function rank({ target }) {
  if (target.flags & ts.SymbolFlags.Function) return 0;
  return target.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Variable) ? 1 : 2;
}

function describe({ name, target, places }, checker) {
  const where = places.length === 2 ? '' : places[0] === 'node' ? ' (Node.js)' : ' (browser)';
  const [declaration] = target.declarations;
  const parts = [`### ${name}${where}`];
  if (ts.isFunctionDeclaration(declaration)) parts.push(code(signature(declaration)));
  else if (ts.isVariableDeclaration(declaration)) {
    const type = declaration.type?.getText() ?? written(checker, checker.getTypeAtLocation(declaration));
    parts.push(code(`const ${name}: ${oneLine(type)}`));
  } else if (ts.isClassDeclaration(declaration)) {
    const base = declaration.heritageClauses?.map((clause) => ` ${clause.getText()}`).join('') ?? '';
    parts.push(code(`class ${name}${base}`));
  }
  parts.push(docOf(target, checker));
  if (ts.isClassDeclaration(declaration)) parts.push(membersOf(declaration, checker));
  if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration))
    parts.push(typeOf(name, declaration, checker));
  return parts.filter(Boolean).join('\n\n');
}

const code = (text) => `\`\`\`ts\n${text}\n\`\`\``;
/** A type in full: the checker would abridge a long one. */
const written = (checker, type) => checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
const oneLine = (text) => text.replace(/\s+/g, ' ');
const inline = (text) => `\`${oneLine(text).replaceAll('|', '\\|')}\``;
const cell = (text) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ');
const isHidden = (node) =>
  ts.getCombinedModifierFlags(node) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected) ||
  ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');

/** A function or method without its body. */
function signature(node) {
  const text = node.getText();
  const head = node.body === undefined ? text : text.slice(0, node.body.getStart() - node.getStart());
  return head.replace(/^export /, '').replace(/;?\s*$/, '');
}

/** The docstring: text, parameters, what it throws, examples. */
function docOf(symbol, checker) {
  const tags = symbol.getJsDocTags(checker);
  const of = (name) =>
    tags.filter((tag) => tag.name === name).map(({ text }) => links(ts.displayPartsToString(text ?? [])).trim());
  const list = of('param').map((text) => {
    const [, field, meaning] = /^(\S+)\s+([^]*)$/.exec(text) ?? [undefined, text, ''];
    return `- \`${field}\`: ${oneLine(meaning)}`;
  });
  return [
    links(ts.displayPartsToString(symbol.getDocumentationComment(checker))),
    list.join('\n'),
    ...of('returns').map((text) => `Returns ${oneLine(text)}.`),
    ...of('throws').map((text) => `Throws ${oneLine(text)}.`),
    ...of('example').map(code),
  ]
    .filter(Boolean)
    .join('\n\n');
}

const links = (text) => text.replace(/\{@link\s+(\S+?)\s*\}/g, '`$1`');

/** A class's public members: constructor and methods with signature, fields with type. */
function membersOf(declaration, checker) {
  return declaration.members
    .filter((member) => !isHidden(member) && !(ts.isClassStaticBlockDeclaration(member) || member.name?.text === ''))
    .flatMap((member) => {
      if (ts.isConstructorDeclaration(member)) return [`- ${inline(signature(member))}${said(member.symbol, checker)}`];
      const text = ts.isPropertyDeclaration(member)
        ? `${member.name.getText()}${member.type === undefined ? '' : `: ${member.type.getText()}`}`
        : signature(member).replace(/^override /, '');
      return [`- ${inline(text)}${said(member.symbol, checker)}`];
    })
    .join('\n');
}

/** A member's docstring in one paragraph, without examples. */
function said(symbol, checker) {
  const doc = docOf(symbol, checker).replace(/```[^]*?```/g, '');
  const text = oneLine(doc.replace(/^- /gm, '')).trim();
  return text === '' ? '' : `: ${text}`;
}

/** The fields of an object as a table; any other type as its source has it. */
function typeOf(name, declaration, checker) {
  const type = checker.getTypeAtLocation(declaration);
  const fields = type.isUnion() ? [] : type.getProperties();
  // Of `(typeof NAMES)[number]`, the names.
  if (type.isUnion() && /typeof/.test(declaration.getText())) {
    const { InTypeAlias, NoTruncation } = ts.TypeFormatFlags;
    return code(`type ${name} = ${checker.typeToString(type, undefined, InTypeAlias | NoTruncation)};`);
  }
  const isPlain = ts.isInterfaceDeclaration(declaration) || /infer/.test(declaration.getText());
  if (!isPlain || fields.length === 0 || type.getCallSignatures().length > 0)
    return code(declaration.getText().replace(/^export /, ''));
  const rows = fields.map((field) => {
    const isOptional = field.flags & ts.SymbolFlags.Optional;
    const [node] = field.declarations ?? [];
    const source = node !== undefined && ts.isPropertySignature(node) ? node.type?.getText() : undefined;
    const text = source ?? written(checker, checker.getTypeOfSymbol(field));
    const shown = isOptional ? text.replace(/\s*\|\s*undefined$/, '') : text;
    const kind = node !== undefined && ts.isMethodSignature(node) ? signature(node) : `${shown}`;
    return `| \`${field.name}${isOptional ? '?' : ''}\` | ${inline(kind)} | ${cell(said(field, checker).slice(2))} |`;
  });
  return ['| field | type | meaning |', '| - | - | - |', ...rows].join('\n');
}
