import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeForTerminal, escapeJson, escapeLine, toLines, unescapeLine } from '../src/escapes.js';

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\\', 'n', 'u', '{', '1', '}', '\n', '\r', '\u2028', '\ud800', '\u202e', '\0') }),
);

describe('escaped lines', () => {
  it.each([
    ['two\nlines\r\n', 'two\\nlines\\r\\n'],
    ['a\tb\0\u001b[31m\u0085\u009b', 'a\\tb\\u{0}\\u{1b}[31m\\u{85}\\u{9b}'],
    ['\u2028\u2029\ufeff\ud800', '\\u{2028}\\u{2029}\\u{feff}\\u{d800}'],
    ['C:\\new', 'C:\\\\new'],
    ['שלום ‏abc 漢字 👩‍🚀 e\u0301', 'שלום ‏abc 漢字 👩‍🚀 e\u0301'],
  ])('of %j', (text, line) => {
    expect(escapeLine(text)).toBe(line);
    expect(unescapeLine(line)).toBe(text);
  });

  it('are one line each, survive UTF-8, and give back any text', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1 }), (texts) => {
        const file = Buffer.from(toLines(texts), 'utf8').toString('utf8');
        const lines = file.split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
        expect(lines.pop()).toBe('');
        expect(lines.map(unescapeLine)).toEqual(texts);
      }),
    );
  });

  it('leave alone what begins no escape', () => {
    for (const line of ['\\x', '\\', '\\u{}', '\\u{110000}', '\\u0041', '\\N']) expect(unescapeLine(line)).toBe(line);
  });
});

describe('texts for terminals', () => {
  it('show control and bidirectional characters, and keep lines and tabs', () => {
    expect(escapeForTerminal('a\tb\n\u001b]0;x\u0007\r\u202e\u2066\u200f')).toBe(
      'a\tb\n\\u{1b}]0;x\\u{7}\\r\\u{202e}\\u{2066}\\u{200f}',
    );
  });

  it('are the same when they are escaped twice', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const once = escapeForTerminal(text);
        expect(escapeForTerminal(once)).toBe(once);
        expect(once).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
      }),
    );
  });

  it('may be JSON, which means the same', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = escapeJson(JSON.stringify({ text }));
        expect(JSON.parse(json)).toEqual({ text });
        expect(json).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}]/u);
      }),
    );
  });
});
