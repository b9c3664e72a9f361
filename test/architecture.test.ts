// The architecture: the table of imports (support/import-table.ts) holds, files are short and are called by what they are.

import { describe, expect, test } from 'vitest';
import { RULES } from './support/import-table.ts';
import { sourceFiles, withoutStrings, type Import, type SourceFile } from './support/source-files.ts';

const LINES_MAX = 300;

/** Names that say nothing about what is inside. */
const NAMELESS = /(^|\/)(utils?|helpers?|common|index|misc|shared)\.ts$/;

/** What differs from one run to the next, or happens later: none of it is for the domain. */
const IMPURE =
  /\b(Date|performance|Math\.random|crypto|process|globalThis|console|fetch|Buffer|(set|clear)(Timeout|Interval|Immediate)|queueMicrotask|Promise|async|await|require|import\.meta)\b|\bimport\(/;

/** The record that holds all of a partition: its parts know its type, it knows theirs. */
const COMPOSITION = 'actors/desk.ts';

const files = sourceFiles('src', 'actors', 'workers', 'loadtest');

/** The row that a file belongs to: its own, or that of the nearest folder. */
function rowOf(path: string): string | undefined {
  for (let row = path; row !== ''; row = row.slice(0, Math.max(row.lastIndexOf('/'), 0))) if (RULES[row]) return row;
  return undefined;
}

function isAllowed({ path }: SourceFile, { target, isPackage, typeOnly }: Import): boolean {
  const row = rowOf(path);
  const rule = row === undefined ? undefined : RULES[row];
  if (!rule) return false;
  if (isPackage)
    return rule.packages.some((name) => name === target || (name === 'node:*' && target.startsWith('node:')));
  const places = [rowOf(target), target];
  if (places[0] === row) return true;
  return rule.imports.some(
    (entry) => places.includes(entry) || (typeOnly && places.includes(entry.replace(/^types:/, ''))),
  );
}

test('every file is in a row of the table', () => {
  expect(files.length).toBeGreaterThan(50);
  expect(files.filter(({ path }) => !rowOf(path)).map(({ path }) => path)).toEqual([]);
});

test('every row of the table has a file', () => {
  const rows = new Set(files.map(({ path }) => rowOf(path)));
  expect(Object.keys(RULES).filter((row) => !rows.has(row))).toEqual([]);
});

describe.each(Object.entries(RULES))('%s', (row, { imports, packages }) => {
  test(`imports only itself, [${imports.join(', ')}] and the packages [${packages.join(', ')}]`, () => {
    const own = files.filter(({ path }) => rowOf(path) === row);
    const broken = own.flatMap((file) =>
      file.imports
        .filter((one) => !isAllowed(file, one))
        .map(({ target, typeOnly }) => `${file.path} imports ${typeOnly ? 'types of ' : ''}${target}`),
    );
    expect(broken).toEqual([]);
  });
});

test('the domain is pure: no clock, no chance, no promise, no global of Node', () => {
  const broken = files
    .filter(({ path }) => rowOf(path) === 'src/domain')
    .flatMap(({ path, code }) => {
      const found = IMPURE.exec(withoutStrings(code));
      return found ? [`${path} uses ${found[0]}`] : [];
    });
  expect(broken).toEqual([]);
});

test('no import goes round in a circle', () => {
  expect(circleIn(files)).toBeNull();
});

/** The first circle found, as 'a → b → a'. */
function circleIn(all: readonly SourceFile[]): string | null {
  const byPath = new Map(all.map((file) => [file.path, file]));
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): string | null => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path].join(' → ');
    if (done.has(path)) return null;
    for (const { target, isPackage, typeOnly } of byPath.get(path)?.imports ?? []) {
      if (isPackage || (typeOnly && target === COMPOSITION)) continue;
      const circle = visit(target, [...way, path]);
      if (circle) return circle;
    }
    done.add(path);
    return null;
  };
  for (const { path } of all) {
    const circle = visit(path, []);
    if (circle) return circle;
  }
  return null;
}

describe('every file, tests included,', () => {
  const all = [...files, ...sourceFiles('test')];

  test(`has at most ${LINES_MAX} lines`, () => {
    const long = all.filter(({ lines }) => lines > LINES_MAX).map(({ path, lines }) => `${path} has ${lines} lines`);
    expect(long).toEqual([]);
  });

  test('is called by what it is about', () => {
    expect(all.filter(({ path }) => NAMELESS.test(path)).map(({ path }) => path)).toEqual([]);
  });
});

function file(path: string, ...imports: Import[]): SourceFile {
  return { path, lines: 1, code: '', imports };
}

function to(target: string, typeOnly = false): Import {
  return { target, isPackage: !target.includes('.ts'), typeOnly };
}

/** The rules are only as good as what is read out of the files. */
describe('this test', () => {
  test.each<[string, string, boolean, boolean]>([
    ['src/domain/money.ts', 'src/domain/ids.ts', false, true],
    ['src/domain/money.ts', 'node:crypto', false, false],
    ['src/domain/money.ts', 'src/journal/frame.ts', true, false],
    ['src/journal/frame.ts', 'node:fs', false, true],
    ['src/journal/frame.ts', 'ws', false, false],
    ['src/journal/frame.ts', 'actors/commit.ts', true, false],
    ['actors/runtime/message.ts', 'src/domain/context.ts', true, true],
    ['actors/runtime/message.ts', 'src/domain/context.ts', false, false],
    ['actors/runtime/message.ts', 'src/domain/money.ts', true, false],
    ['actors/commit.ts', 'actors/runtime/cell.ts', false, true],
    ['actors/commit.ts', 'src/gateway/transport/node.ts', true, false],
    ['actors/commit.ts', 'node:fs', false, false],
    ['src/gateway/transport/node.ts', 'actors/commands.ts', false, true],
    ['src/gateway/transport/node.ts', 'actors/runtime/cell.ts', false, false],
    ['src/gateway/transport/node.ts', 'src/journal/journal.ts', true, false],
    ['src/nowhere/file.ts', 'src/domain/money.ts', false, false],
  ])('%s may import %s (types only: %s): %s', (path, target, typeOnly, allowed) => {
    expect(isAllowed(file(path), to(target, typeOnly))).toBe(allowed);
  });

  test('sees imports, in whatever way they are written', () => {
    const desk = files.find(({ path }) => path === 'actors/desk.ts')?.imports;
    expect(desk).toContainEqual({ target: 'actors/commit.ts', isPackage: false, typeOnly: true });
    const frame = files.find(({ path }) => path === 'src/journal/frame.ts')?.imports.map(({ target }) => target);
    expect(frame).toEqual(['node:crypto', '@node-rs/crc32']);
  });

  test('sees a circle', () => {
    const circle = [file('a.ts', to('b.ts')), file('b.ts', to('c.ts')), file('c.ts', to('b.ts', true))];
    expect(circleIn(circle)).toBe('b.ts → c.ts → b.ts');
    expect(circleIn(circle.slice(0, 2))).toBeNull();
  });

  test.each([
    'const now = Date.now()',
    'Math.random()',
    'async () => 1',
    "await import('x')",
    'setTimeout(f)',
    'process.env',
  ])('sees that this is not pure: %s', (code) => {
    expect(IMPURE.test(withoutStrings(code))).toBe(true);
  });

  test.each([
    "const text = 'a Date, a Promise'",
    'type Dated = 1',
    'const processed = 1',
    'export type CreatedDate = 1',
  ])('and that this is: %s', (code) => {
    expect(IMPURE.test(withoutStrings(code))).toBe(false);
  });
});
