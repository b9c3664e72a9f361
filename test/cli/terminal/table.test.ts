import { expect, test } from 'vitest';
import { table } from '../../../src/cli/terminal/table.ts';

test('columns are as wide as their widest cell, and no line ends in blanks', () => {
  const rows = [
    ['alice', '5', ''],
    ['bo', '1,000', 'x'],
  ];
  expect(table(['account', 'amount', 'note'], rows, ['left', 'right'])).toBe(
    ['account  amount  note', 'alice         5', 'bo        1,000  x'].join('\n'),
  );
});

test('a table without rows is its head', () => {
  expect(table(['id', 'state'], [])).toBe('id  state');
});

test('prints no escape sequences', () => {
  expect(table(['a'], [['b']])).not.toContain('\u001B');
});
