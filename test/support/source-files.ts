// The source files of the project, and what they import: read as text, which is all that the rules about them need.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');

export type Import = {
  /** A file of the project, or a package. */
  readonly target: string;
  readonly isPackage: boolean;
  /** Gone when the program runs. */
  readonly typeOnly: boolean;
};

export type SourceFile = {
  /** From the project's folder, with '/'. */
  readonly path: string;
  readonly lines: number;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
};

/** Every .ts file below these folders. */
export function sourceFiles(...folders: string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(PROJECT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readSource(posix.join(folder, name.replaceAll('\\', '/')))),
  );
}

/** All string literals emptied: for rules about names in the code. */
export function withoutStrings(code: string): string {
  return code.replaceAll(/'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g, "''");
}

function readSource(path: string): SourceFile {
  const text = readFileSync(join(PROJECT, path), 'utf8');
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  return { path, lines: text.trimEnd().split('\n').length, code, imports: importsIn(code, path) };
}

/** `import … from`, `export … from`, a bare `import`, `import()`, and `require()`. */
const IMPORT =
  /^(import|export)\s+(type\s+)?(?:([\w*{}\s,$]+?)\s+from\s+)?['"]([^'"]+)['"]|\b(?:import|require|require\.resolve)\(\s*['"]([^'"]+)['"]/gm;

function importsIn(code: string, path: string): Import[] {
  return [...code.matchAll(IMPORT)].map(([, , type, names, from, called]) => {
    const name = from ?? called ?? '';
    const isPackage = !name.startsWith('.');
    const target = isPackage ? packageOf(name) : posix.join(dirname(path), name);
    return { target, isPackage, typeOnly: type !== undefined || onlyTypes(names) };
  });
}

/** `{ type A, type B }` */
function onlyTypes(names: string | undefined): boolean {
  const list = /^\{([^}]*)\}$/.exec(names?.trim() ?? '')?.[1];
  return list !== undefined && list.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '));
}

/** '@scope/name/file.js' → '@scope/name'; 'node:fs/promises' → 'node:fs'. */
function packageOf(name: string): string {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/');
}
