// Page files. What a browser may fetch of the console: a closed list of files, from here and from two packages, as they are.
//
// F1. What is not in the list is not there: no path of a request ever becomes a path of the disk. F2. A page may load and ask
// nothing but this listener, and runs no script or style that is not one of these files.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OpsAnswer, OpsConsole } from '../ops/ops-server.ts';

/** The build copies the folder beside this file. */
const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

/** Of the page's own folder; `index.html` is at `/console` itself. */
const OWN = [
  'access.js',
  'chart.js',
  'console.css',
  'dialog.js',
  'figures.js',
  'format.js',
  'heat-map.js',
  'history.js',
  'icon.svg',
  'main.js',
  'parts.js',
  'pages/actors.js',
  'pages/channels.js',
  'pages/config.js',
  'pages/journal.js',
  'pages/overview.js',
  'pages/reconciliation.js',
  'stream.js',
] as const;

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
};

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: OpsAnswer['headers'] = [
  ['Content-Security-Policy', POLICY],
  ['X-Content-Type-Options', 'nosniff'],
  ['Referrer-Policy', 'no-referrer'],
  ['Cross-Origin-Opener-Policy', 'same-origin'],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  // A page of the version before would not understand this version's stream.
  ['Cache-Control', 'no-cache'],
];

/** Files are read when they are first asked for. @returns what answers a path of the operations listener */
export function makePage(): OpsConsole['page'] {
  const places = placesOfFiles();
  const answers = new Map<string, OpsAnswer>();
  return (path) => {
    const known = answers.get(path);
    if (known) return known;
    const place = places.get(path);
    if (place === undefined) return null;
    const answer = answerOf(place);
    answers.set(path, answer);
    return answer;
  };
}

/** By the path in the URL. */
function placesOfFiles(): ReadonlyMap<string, string> {
  const { resolve } = createRequire(import.meta.url);
  const index = join(PAGE, 'index.html');
  return new Map([
    ['/console', index],
    ['/console/', index],
    ...OWN.map((name): [string, string] => [`/console/${name}`, join(PAGE, name)]),
    // What `require` finds are other builds of the same packages, in the same folders.
    ['/console/vendor/htm-preact.js', join(dirname(resolve('htm')), '../preact/standalone.module.js')],
    ['/console/vendor/uplot.js', join(dirname(resolve('uplot')), 'uPlot.esm.js')],
    ['/console/vendor/uplot.css', join(dirname(resolve('uplot')), 'uPlot.min.css')],
  ]);
}

/** @throws the operating system's error: the installation is not whole */
function answerOf(place: string): OpsAnswer {
  const type = TYPES[place.slice(place.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
  return { status: 200, headers: [['Content-Type', type], ...HEADERS], body: readFileSync(place) };
}
