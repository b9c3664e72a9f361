import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { addConfigFlags, describeConfig, type Inputs, loadConfig, type Loaded, shownValue } from '../src/config.ts';
import { options } from '../src/option-table.ts';
import { optionList } from '../src/options.ts';

type Given = {
  flags?: Inputs['flags'];
  environment?: Inputs['environment'];
  files?: Record<string, string>;
};

function load({ flags = {}, environment = {}, files = {} }: Given) {
  return loadConfig({ flags, environment, readFile: (path) => files[path] });
}

function loaded(given: Given): Loaded {
  const result = load(given);
  if ('problems' in result) throw new Error(result.problems.join('\n'));
  return result;
}

function problems(given: Given): readonly string[] {
  const result = load(given);
  return 'problems' in result ? result.problems : [];
}

function unreadable(): never {
  throw new Error('EACCES: permission denied');
}

function inFile(content: object): Given {
  return { files: { './florin.json': JSON.stringify(content) } };
}

describe('the table of options', () => {
  test('gives every default a value that the option itself accepts', () => {
    const { config, sources } = loaded({});
    expect(config).toEqual(Object.fromEntries(optionList.map((option) => [option.name, option.default])));
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  });

  test('derives flag and variable from the name', () => {
    const option = optionList.find(({ name }) => name === 'webSocketsPerKeyMax');
    expect(option?.flag).toBe('--web-sockets-per-key-max');
    expect(option?.environment).toBe('FLORIN_WEB_SOCKETS_PER_KEY_MAX');
  });

  test('has no two options with the same variable', () => {
    expect(new Set(optionList.map((option) => option.environment)).size).toBe(Object.keys(options).length);
  });
});

describe('precedence', () => {
  const everywhere = { flags: { port: '1' }, environment: { FLORIN_PORT: '2' }, ...inFile({ port: 3 }) };

  test.each([
    ['flag', 1, everywhere],
    ['environment', 2, { ...everywhere, flags: {} }],
    ['file', 3, { ...everywhere, flags: {}, environment: {} }],
    ['file', 3, { ...everywhere, flags: {}, environment: { FLORIN_PORT: '' } }],
    ['default', 8080, {}],
  ] as const)('%s gives %i', (source, port, given) => {
    const { config, sources } = loaded(given);
    expect([config.port, sources.port]).toEqual([port, source]);
  });

  test('a file named by flag is read instead of one named by variable, and that instead of ./florin.json', () => {
    const files = { './florin.json': '{"port":1}', 'a.json': '{"port":2}', 'b.json': '{"port":3}' };
    const environment = { FLORIN_CONFIG: 'a.json' };
    expect(loaded({ files }).config.port).toBe(1);
    expect(loaded({ files, environment }).config.port).toBe(2);
    expect(loaded({ files, environment, flags: { config: 'b.json' } })).toMatchObject({ file: 'b.json' });
  });

  test('a list is the same from text and from the file', () => {
    const origins = ['https://a.example', 'http://localhost:3000'];
    expect(loaded({ flags: { originsAllowed: origins.join(', ') } }).config.originsAllowed).toEqual(origins);
    expect(loaded(inFile({ originsAllowed: origins })).config.originsAllowed).toEqual(origins);
    const networks = { flags: { webhooksAllowPrivate: '127.0.0.0/8, fd00::/8' } };
    expect(loaded(networks).config.webhooksAllowPrivate).toEqual(['127.0.0.0/8', 'fd00::/8']);
  });

  test.each(['00:00', '09:05', '18:00', '23:59'])('%s is a day cut, from the flag and from the file', (dayCut) => {
    expect(loaded({ flags: { dayCut } }).config.dayCut).toBe(dayCut);
    expect(loaded(inFile({ dayCut })).config.dayCut).toBe(dayCut);
  });

  test('other flags of a command do not matter', () => {
    expect(loaded({ flags: { json: true, merchant: 'acme' } }).config.port).toBe(8080);
  });
});

describe('problems', () => {
  test.each([
    [
      'text for a number',
      { environment: { FLORIN_PORT: 'eighty' } },
      'port: "eighty" from FLORIN_PORT is not valid; expected a whole number from 0 to 65535 (port).',
    ],
    [
      'above the range',
      { flags: { opsPort: '65536' } },
      'opsPort: 65536 from --ops-port is not valid; expected a whole number from 0 to 65535 (port).',
    ],
    [
      'below the range',
      inFile({ batchMax: 0 }),
      'batchMax: 0 from ./florin.json is not valid; expected a whole number from 1 to 10000 (transfers).',
    ],
    ['a fraction', inFile({ port: 1.5 }), 'port: 1.5 from ./florin.json'],
    ['digits as text in the file', inFile({ port: '80' }), 'port: "80" from ./florin.json'],
    ['null', inFile({ host: null }), 'host: null from ./florin.json is not valid; expected text (address).'],
    ['blank text', { flags: { data: ' ' } }, 'data: " " from --data'],
    ['a choice that is none', { flags: { transport: 'http' } }, 'expected one of auto, uws, node.'],
    [
      'a time of day that no clock shows',
      { flags: { dayCut: '24:00' } },
      'dayCut: "24:00" from --day-cut is not valid; expected a time of day from 00:00 to 23:59 (HH:MM UTC).',
    ],
    ['a minute too many', { environment: { FLORIN_DAY_CUT: '18:60' } }, 'dayCut: "18:60" from FLORIN_DAY_CUT'],
    ['an hour of one digit', inFile({ dayCut: '8:00' }), 'dayCut: "8:00" from ./florin.json'],
    ['a time with something behind it', { flags: { dayCut: '18:00Z' } }, 'dayCut: "18:00Z" from --day-cut'],
    ['a number for a time of day', inFile({ dayCut: 18 }), 'dayCut: 18 from ./florin.json'],
    ['an origin with a path', { flags: { originsAllowed: 'https://a.example/x' } }, 'expected a list of origins'],
    ['any origin', { flags: { originsAllowed: '*' } }, 'expected a list of origins'],
    ['an address for a network', { flags: { webhooksAllowPrivate: '127.0.0.1' } }, 'expected a list of networks'],
    ['too many bits', { flags: { webhooksAllowPrivate: '10.0.0.0/33' } }, 'expected a list of networks'],
    ['a name for a network', inFile({ webhooksAllowPrivate: ['localhost/8'] }), 'expected a list of networks'],
    ['one text for networks', inFile({ webhooksAllowPrivate: '127.0.0.0/8' }), 'expected a list of networks'],
    ['a number as text in scientific notation', { flags: { port: '8e3' } }, 'port: "8e3" from --port'],
    [
      'a misspelt key',
      inFile({ oopsPort: 1 }),
      '"oopsPort" in ./florin.json is not an option; the nearest is "opsPort".',
    ],
    [
      'a key of every object',
      { files: { './florin.json': '{"__proto__": 1}' } },
      '"__proto__" in ./florin.json is not an option',
    ],
    [
      'a misspelt variable',
      { environment: { FLORIN_PROT: '1' } },
      'The variable FLORIN_PROT is not an option; the nearest is FLORIN_PORT.',
    ],
    ['a file that is missing', { flags: { config: 'no.json' } }, 'The configuration file no.json does not exist.'],
    [
      'a file that is not JSON',
      { files: { './florin.json': '{port' } },
      'The configuration file ./florin.json cannot be read: SyntaxError',
    ],
    ['a file that is a list', inFile([]), 'it must be one JSON object'],
    ['equal ports', { flags: { port: '9090' } }, 'port and opsPort are both 9090'],
    ['no room for a batch', { flags: { inFlightMax: '9999' } }, 'inFlightMax is below batchMax'],
  ] as const)('%s', (_, given, sentence) => {
    const found = problems(given);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(sentence);
  });

  test('come all at once, from every source', () => {
    const found = problems({
      flags: { port: 'x', config: 'no.json' },
      environment: { FLORIN_BATCH_MAX: '-1', FLORIN_PROT: '1' },
    });
    expect(found).toHaveLength(4);
  });

  test('a file that cannot be read is one, not a crash', () => {
    const result = loadConfig({ flags: {}, environment: {}, readFile: unreadable });
    expect(result).toEqual({ problems: [expect.stringContaining('EACCES')] });
  });

  test('variables of others and FLORIN_CONFIG itself are none', () => {
    const environment = { PATH: '/bin', FLORIN_CONFIG: 'a.json' };
    expect(problems({ environment, files: { 'a.json': '{}' } })).toEqual([]);
  });
});

test('commander parses every flag of the table under the name of its option', () => {
  const command = new Command().exitOverride();
  addConfigFlags(command);
  const given = optionList.flatMap((option) => [option.flag, `value of ${option.name}`]);
  command.parse(given, { from: 'user' });
  expect(command.opts()).toEqual(
    Object.fromEntries(optionList.map((option) => [option.name, `value of ${option.name}`])),
  );
});

test('display has every option in order, with value, source and unit', () => {
  const shown = describeConfig(loaded({ flags: { port: '81' } }));
  expect(shown.map((option) => option.name)).toEqual(Object.keys(options));
  expect(shown[1]).toEqual({ name: 'port', value: 81, source: 'flag', unit: 'port' });
});

test('a secret shows only whether it is set', () => {
  expect(shownValue({ secret: true }, 'hunter2')).toBe('(set)');
  expect(shownValue({ secret: true }, '')).toBe('(not set)');
  expect(shownValue({}, 'plain')).toBe('plain');
});
