import { expect, test } from 'vitest';
import { coloursFor } from '../../../src/cli/terminal/colour.ts';

test.each([
  ['a terminal', { isTTY: true }, {}, true],
  ['a pipe', {}, {}, false],
  ['a pipe in CI', {}, { CI: 'true' }, false],
  ['a terminal with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
  ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
])('%s', (_, stream, environment, coloured) => {
  expect(coloursFor(stream, environment).green('x') !== 'x').toBe(coloured);
});
