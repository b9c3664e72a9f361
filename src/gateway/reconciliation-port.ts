// Reconciliation port. What the gateway needs of whoever compares files of others with us.

import type { FormatName } from '../reconciliation/formats/read-options.ts';
import type { FoundInRun, Run, RunKind } from '../reconciliation/runs/run.ts';
import type { UploadTarget, Upload } from './transport/transport.ts';

/** What a file is about, and who has brought it. */
export type FileAbout = {
  readonly kind: RunKind;
  readonly channel: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  /** '' where its first bytes say it. */
  readonly format: FormatName | '';
  readonly by: string;
};

/** `isNew` false: the same file was here before. */
export type Imported = { readonly run: Run; readonly isNew: boolean };

export type ReconciliationPort = {
  /** Where a file goes while it comes. */
  readonly target: UploadTarget;
  readonly hasChannel: (channel: string) => boolean;
  /** Takes the file over. @throws the operating system's error */
  readonly take: (file: Upload, about: FileAbout) => Promise<Imported>;
  /** The channel's own bill of the day; null when it does not give one. */
  readonly fetch: (about: FileAbout) => Promise<Imported | null>;
  readonly run: (id: string) => Run | null;
  /** The newest first. */
  readonly runs: (max: number) => readonly Run[];
  /** Lines read so far of a run that is being read. */
  readonly linesRead: (id: string) => number;
  readonly difference: (id: string) => FoundInRun | null;
  /** From a place on; of any kind for ''. */
  readonly differences: (run: string, from: number, max: number, kind: string) => readonly FoundInRun[];
};
