// The CSV reader on what files really contain: quotes, line ends of both kinds, and damage.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readCsv } from '../../src/cli/replay/csv.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'florin-csv-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

async function read(text: string): Promise<Record<'a' | 'b', string>[]> {
  const path = join(folder, 'x.csv');
  writeFileSync(path, text);
  const rows = [];
  for await (const { fields } of readCsv(path, ['a', 'b'])) rows.push({ a: fields.a, b: fields.b });
  return rows;
}

it('reads columns by name, whatever their order', async () => {
  expect(await read('b,x,a\n1,2,3\n')).toEqual([{ a: '3', b: '1' }]);
});

it('takes both line ends, a missing last one and a byte order mark', async () => {
  const rows = [
    { a: '1', b: '' },
    { a: '', b: '2' },
  ];
  expect(await read('a,b\n1,\n,2\n')).toEqual(rows);
  expect(await read('\uFEFFa,b\r\n1,\r\n,2')).toEqual(rows);
});

it('takes commas, quotes and line ends inside quotes', async () => {
  expect(await read('a,b\r\n"1,5","say ""x""\r\nand y"\r\n"",z\r\n')).toEqual([
    { a: '1,5', b: 'say "x"\r\nand y' },
    { a: '', b: 'z' },
  ]);
});

it('reads rows across the blocks of a long file', async () => {
  const rows = Array.from({ length: 30_000 }, (_, index) => ({ a: `${index}`, b: `"${index}"` }));
  const text = rows.map(({ a, b }) => `${a},"${b.replaceAll('"', '""')}"`).join('\n');
  expect(await read(`a,b\n${text}\n`)).toEqual(rows);
});

it.each([
  ['', 'empty'],
  ['a,c\n1,2\n', 'no column b among a, c'],
  ['a,b\n1,2\n1\n', 'csv:3: 1 fields'],
  ['a,b\n1,2,3\n', 'csv:2: 3 fields'],
  ['a,b\n1,x"y"\n', 'csv:2: a quote inside'],
  ['a,b\n1,"x"y\n', 'csv:2: characters after a closing quote'],
  ['a,b\n1,"x\n', 'inside quotes'],
  [`a,b\n1,"${'x'.repeat(70_000)}`, 'a row of more than 65536 characters'],
])('refuses %j', async (text, message) => {
  await expect(read(text)).rejects.toThrow(message);
});
