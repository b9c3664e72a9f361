import { describe, expect, it } from 'vitest';
import { csvOf } from '../src/csv.ts';

describe('CSV', () => {
  it('has the columns that are asked for, in that order, and CRLF behind every line', () => {
    const rows = [
      { a: 1, b: 'x', c: 'not asked for' },
      { c: '', b: '', a: -5 },
    ];
    expect(csvOf(['b', 'a'], rows)).toBe('b,a\r\nx,1\r\n,-5\r\n');
  });

  it('has its line of names without any row', () => {
    expect(csvOf(['a', 'b'], [])).toBe('a,b\r\n');
  });

  it.each([
    ['a comma', 'a,b', '"a,b"'],
    ['a quote', 'say "a"', '"say ""a"""'],
    ['a line feed', 'a\nb', '"a\nb"'],
    ['a carriage return', 'a\rb', '"a\rb"'],
    ['nothing of that', "a b;c'd:é", "a b;c'd:é"],
  ])('quotes %s', (_, text, cell) => {
    expect(csvOf(['a'], [{ a: text }])).toBe(`a\r\n${cell}\r\n`);
  });
});
