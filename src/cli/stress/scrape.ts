// Scrape. What a server's metrics say at one moment, read from their text (Prometheus 0.0.4 or OpenMetrics).

import type { Labels } from '../../ops/metrics.ts';

type Sample = { readonly labels: Labels; readonly value: number };

const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

export class Scrape {
  readonly #samples = new Map<string, Sample[]>();

  constructor(text: string) {
    for (const line of text.split('\n')) {
      const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
      if (name === undefined) continue;
      const samples = this.#samples.get(name) ?? [];
      samples.push({ labels: labelsOf(labels), value: Number(value) });
      this.#samples.set(name, samples);
    }
  }

  has(name: string): boolean {
    return this.#samples.has(name);
  }

  /** Of all series of the name that have these labels, and others or not; 0 where there is none. */
  sum(name: string, labels: Labels = {}): number {
    return this.#of(name, labels).reduce((sum, { value }) => sum + value, 0);
  }

  /** The values of a label among these series, in order. */
  values(name: string, label: string, labels: Labels = {}): string[] {
    return [...new Set(this.#of(name, labels).map((sample) => sample.labels[label] ?? ''))];
  }

  #of(name: string, labels: Labels): Sample[] {
    const wanted = Object.entries(labels);
    const samples = this.#samples.get(name) ?? [];
    return samples.filter((sample) => wanted.every(([label, value]) => sample.labels[label] === value));
  }
}

function labelsOf(text: string): Labels {
  return Object.fromEntries([...text.matchAll(LABEL)].map(([, label = '', value = '']) => [label, value]));
}
