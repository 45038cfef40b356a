/** A report as LaTeX, for editing: figures as PDF files beside it. */
import { INVENTED_INK } from '../figures/style.js';
import { printable, readableDate } from './display.js';
import type { Block, BlockOf, Inline, ReportDocument, Text } from './document.js';
import { inlinesOf, outlineOf, plainText } from './outline.js';

const PREAMBLE = String.raw`% Compile with lualatex or xelatex; pdflatex does for Western European characters.
\documentclass[11pt,a4paper]{article}
\usepackage{iftex}
\ifPDFTeX
  \usepackage[T1]{fontenc}
  \usepackage[utf8]{inputenc}
\else
  \usepackage{fontspec}
\fi
\usepackage[margin=2.3cm,vmargin=2cm]{geometry}
\usepackage{amsmath,amssymb,array,booktabs,graphicx,longtable,xcolor}
\usepackage[colorlinks,allcolors=blue!50!black]{hyperref}
\definecolor{invented}{HTML}{${INVENTED_INK.slice(1).toUpperCase()}}
\setlength{\parindent}{0pt}
\setlength{\parskip}{.6em}
\makeatletter
\renewcommand{\maketitle}{{\LARGE\bfseries\@title\par}\smallskip{\large\@author\par}{\small\@date\par}}
\makeatother
\renewcommand{\topfraction}{.9}\renewcommand{\bottomfraction}{.9}\renewcommand{\textfraction}{.07}
\renewcommand{\floatpagefraction}{.85}
\newcommand{\head}[1]{\begin{tabular}[b]{@{}c@{}}#1\end{tabular}}
`;

const LEVELS = ['section', 'subsection', 'subsubsection'] as const;

/**
 * The report as one file of LaTeX; figures are referred to as `figures/ID.pdf`.
 *
 * @throws LetterpressError `INTERNAL` when the report breaks a rule of {@link outlineOf}
 */
export function renderLatex(document: ReportDocument): string {
  const { labels } = outlineOf(document);
  const author = [document.subtitle, document.byline ?? []]
    .flat()
    .map(escapeTex)
    .join(String.raw` \\ `);
  return [
    PREAMBLE,
    `\\title{${escapeTex(document.title)}}`,
    `\\author{${author}}`,
    `\\date{${readableDate(document.date)}}`,
    '\\begin{document}',
    '\\maketitle',
    ...document.blocks.map((block, i) => blockTex(block, labels[i]!)),
    '\\end{document}',
    '',
  ].join('\n');
}

function blockTex(block: Block, label: string): string {
  switch (block.kind) {
    case 'heading': {
      const command = LEVELS[block.level - 1]!;
      const title = escapeTex(block.text);
      // The report numbers its questions itself.
      const entry = `\\addcontentsline{toc}{${command}}{${title}}`;
      return `\n\\phantomsection\\${command}*{${title}}${entry}\\label{${block.id}}`;
    }
    case 'paragraph':
      return `\n${textTex(block.text)}`;
    case 'list': {
      const kind = block.ordered ? 'enumerate' : 'itemize';
      return environment(kind, block.items.map((item) => `  \\item ${textTex(item)}`).join('\n'));
    }
    case 'formula':
      return `\\[ ${block.tex} \\]`;
    case 'table':
      return tableTex(block);
    case 'figure':
      return environment(
        'figure',
        `\\centering\n\\includegraphics[width=\\linewidth]{figures/${block.id}.pdf}\n` +
          `\\caption{${textTex(block.caption)}}\\label{${block.id}}`,
        '[!htbp]',
      );
    case 'code':
      return (
        `\n\\textbf{${label}.} ${textTex(block.caption)} \\texttt{${escapeTex(block.file)}}\n` +
        environment('footnotesize', environment('verbatim', printable(block.text)))
      );
    case 'samples':
      return samplesTex(block);
    case 'note':
      return environment('quote', textTex(block.text));
    case 'contents':
      return '\\setcounter{tocdepth}{2}\n{\\setlength{\\parskip}{0pt}\\tableofcontents}';
  }
}

function environment(name: string, content: string, options = ''): string {
  return `\\begin{${name}}${options}\n${content}\n\\end{${name}}`;
}

/** Characters of a row beyond which a table is made as wide as the page. */
const WIDE = 85;
/** Rows beyond which a table goes over pages. */
const LONG = 30;

function tableTex({ columns, rows, caption, emphasised = [] }: BlockOf<'table'>): string {
  const spec = columns.map(({ align }) => (align === 'right' ? 'r' : 'l')).join('');
  const line = (cells: readonly string[]) => `${cells.join(' & ')} \\\\`;
  const strong = (text: string, row: number) => (emphasised.includes(row) ? `\\textbf{${text}}` : text);
  const head = line(columns.map(({ header }) => `\\head{${brokenHeader(header)}}`));
  const body = rows.map((row, i) => line(row.map((cell) => strong(escapeTex(cell), i))));
  const named = `\\caption{${textTex(caption)}}`;
  if (rows.length > LONG)
    return environment(
      'longtable',
      [`${named} \\\\`, '\\toprule', head, '\\midrule', '\\endhead', ...body, '\\bottomrule'].join('\n'),
      `{${spec}}`,
    );
  const widths = columns.map(({ header }, c) =>
    Math.max(2 + Math.min(header.length, 14), ...rows.map((row) => 2 + row[c]!.length)),
  );
  const tabular = environment(
    'tabular',
    ['\\toprule', head, '\\midrule', ...body, '\\bottomrule'].join('\n'),
    `{${spec}}`,
  );
  const fitted =
    widths.reduce((sum, width) => sum + width, 0) > WIDE ? `\\resizebox{\\linewidth}{!}{%\n${tabular}}` : tabular;
  return environment('table', `\\centering\\small\n${named}\n${fitted}`, '[!htbp]');
}

/** A header in lines of about a dozen characters. */
function brokenHeader(header: string): string {
  const lines: string[] = [];
  for (const word of header.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < 14) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.map(escapeTex).join(String.raw` \\ `);
}

function samplesTex({ caption, columns }: BlockOf<'samples'>): string {
  return [
    `\n${textTex(caption)}`,
    ...columns.map(({ title, texts }) => {
      const items = texts.map((text) => `  \\item ${plainText(text) === '' ? '\\emph{empty}' : textTex(text)}`);
      const list = texts.length === 0 ? '\\emph{no texts}' : environment('enumerate', items.join('\n'));
      return `\n\\textbf{${escapeTex(title)}}\n${environment('small', list)}`;
    }),
  ].join('\n');
}

function textTex(text: Text): string {
  return inlinesOf(text).map(inlineTex).join('');
}

function inlineTex(inline: Inline): string {
  if (typeof inline === 'string') return escapeTex(inline);
  if ('strong' in inline) return `\\textbf{${escapeTex(inline.strong)}}`;
  if ('emphasis' in inline) return `\\emph{${escapeTex(inline.emphasis)}}`;
  if ('code' in inline) return `\\texttt{${escapeTex(inline.code)}}`;
  if ('formula' in inline) return `$${inline.formula}$`;
  if ('sample' in inline) {
    const words = inline.sample.split(/(\s+)/).map((word) => {
      if (word.trim() === '') return word;
      const text = inline.invented ? `\\textit{\\textcolor{invented}{${escapeTex(word)}}}` : escapeTex(word);
      return inline.copied ? `\\underline{${text}}` : text; // word by word, so that lines can be broken
    });
    return words.join('');
  }
  const text = escapeTex(inline.text);
  return inline.link.startsWith('#')
    ? `\\hyperref[${inline.link.slice(1)}]{${text}}`
    : `\\href{${inline.link.replaceAll(/[%#\\{}]/g, '\\$&')}}{${text}}`;
}

const COMMANDS: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '−': '\\ensuremath{-}',
  '×': '\\ensuremath{\\times}',
  '±': '\\ensuremath{\\pm}',
  '→': '\\ensuremath{\\to}',
  '≤': '\\ensuremath{\\le}',
  '≥': '\\ensuremath{\\ge}',
  '∞': '\\ensuremath{\\infty}',
  τ: '\\ensuremath{\\tau}',
  '␣': '\\textvisiblespace{}',
  '…': '\\dots{}',
};

/** Any text as LaTeX that shows it. */
function escapeTex(text: string): string {
  return printable(text)
    .replaceAll(/[\\~^−×±→≤≥∞τ␣…]|[#$%&_{}]/gu, (sign) => COMMANDS[sign] ?? `\\${sign}`)
    .replaceAll(/(?<=\d) (?=\\%)/g, '~')
    .replaceAll(/\s*\n\s*/g, ' ');
}
