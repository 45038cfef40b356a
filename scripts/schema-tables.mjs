// A zod schema as Markdown: a table of fields for the whole, and a section for each object in it with a title.

const WRAPPERS = new Set(['optional', 'default', 'readonly', 'nullable']);

/** What lies under wrappers and lists, with the outermost description. */
function unwrap(schema) {
  let [inner, optional, lists] = [schema, false, 0];
  let description;
  for (;;) {
    description ??= inner.meta()?.description;
    if (inner.type === 'array') {
      lists++;
      inner = inner.element;
    } else if (WRAPPERS.has(inner.type)) {
      optional ||= inner.type === 'optional';
      inner = inner.unwrap();
    } else return { inner, optional, lists, description };
  }
}

function typeName(schema) {
  switch (schema.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'number':
      return schema.format === 'safeint' ? 'integer' : 'number';
    case 'enum':
      return schema.options.map((option) => `\`${option}\``).join(', ');
    case 'literal':
      return `\`${schema.value}\``;
    case 'pipe': // a number as it stands in JSON: NaN is a text
      return 'number';
    default:
      return schema.type;
  }
}

const slug = (title) => title.toLowerCase().replaceAll(' ', '-');
const fieldsOf = (schema) => Object.entries(schema.shape);

/** The rows of an object's table; objects without a title lend it theirs. */
function rowsOf(object, prefix, found) {
  return fieldsOf(object).flatMap(([name, schema]) => {
    const { inner, optional, lists, description = '' } = unwrap(schema);
    const field = `${prefix}${name}${'[]'.repeat(lists)}`;
    const ending = optional ? ', optional' : '';
    const row = (type) => [`\`${field}\``, type + ending, description];
    if (inner.type !== 'object') return [row(typeName(inner))];
    const { title, page } = inner.meta() ?? {};
    if (page !== undefined) return [row(`[object](${page})`)];
    if (title !== undefined) {
      found.push(inner);
      return [row(`[object](#${slug(title)})`)];
    }
    const fields = rowsOf(inner, `${field}.`, found);
    const names = fieldsOf(inner).map(([key]) => `\`${key}\``);
    const isPlain = fields.every(([, type, text]) => text === '' && !type.startsWith('['));
    return isPlain ? [row(`object of ${names.join(', ')}`)] : [row('object'), ...fields];
  });
}

function tableOf(rows) {
  const cells = (row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [cells(['field', 'type', 'meaning']), '| - | - | - |', ...rows.map(cells)].join('\n');
}

/** The tables of a schema, section by section in the order in which they are first met. */
export function schemaTables(schema, title) {
  const sections = [`## ${title}`];
  const titles = new Set();
  const queue = [];
  sections.push(tableOf(rowsOf(schema, '', queue)));
  for (const object of queue) {
    const { title: own, intro } = object.meta();
    if (titles.has(own)) continue;
    titles.add(own);
    sections.push(`## ${own}`, ...(intro === undefined ? [] : [intro]), tableOf(rowsOf(object, '', queue)));
  }
  return sections.join('\n\n');
}
