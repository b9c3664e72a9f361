// Reconciliation files. Bills of channels and statements of banks come in: as the bytes of a file, which go to the disk, or as
// the request to fetch a bill.
//
// F1. A channel's bill has lines of all merchants, so only an operator of the platform brings one and reads what came of it: a
// key with both the scopes reconciliation:write and ops. F2. Nobody else's bytes reach the disk.

import { Type } from 'typebox';
import type { Caller } from './callers.ts';
import { answerJson, answerProblem, faultContext, type Exchange } from './exchange.ts';
import { plain, word, type Field } from './fields.ts';
import { authorise, type Gateway } from './gateway.ts';
import { readJson } from './json-body.ts';
import type { Refused } from './problem.ts';
import { invalid, isDate, isRefused, readChoice, readQuery, type Query } from './query.ts';
import type { FileAbout, Imported, ReconciliationPort } from './reconciliation-port.ts';
import { runResource } from './reconciliation-resources.ts';
import { readBody } from './shape.ts';
import { discard } from './transport/stored-body.ts';
import type { HttpRequest, UploadTarget } from './transport/transport.ts';

const PATH = '/v1/reconciliation/files';

const KINDS = ['channel_bill', 'bank_statement'] as const;

const FORMATS = ['', 'csv', 'camt053', 'mt940', 'bai2'] as const;

const JSON_TYPE = /^application\/json\s*(;|$)/i;

const date: Field<string> = plain(Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }), 'body_invalid');

/** Where the body of this request goes; null for one that is held in memory, as those that are refused are. */
export function uploadTarget({ callers, reconciliation }: Gateway, request: HttpRequest): UploadTarget | null {
  if (!reconciliation || request.method !== 'POST' || request.path !== PATH) return null;
  if (isJson(request)) return null;
  const caller = callers.fromHeader(request.header('authorization'));
  return caller && !caller.shadow && isOperator(caller) ? reconciliation.target : null;
}

/** The caller and whoever reconciles, when both may; else why not. */
export function operatorOf(
  gateway: Gateway,
  exchange: Exchange,
): { readonly caller: Caller; readonly port: ReconciliationPort } | Refused {
  const caller = authorise(gateway, exchange.caller, 'reconciliation:write');
  if ('code' in caller) return caller;
  if (!isOperator(caller)) {
    return { code: 'scope_missing', detail: 'Bills have lines of all merchants: this needs the scope ops as well.' };
  }
  const { reconciliation: port } = gateway;
  return port ? { caller, port } : { code: 'reconciliation_off' };
}

export function importFile(gateway: Gateway, exchange: Exchange): void {
  const { upload } = exchange.request;
  const refused = (why: Refused): void => {
    if (upload) discard(upload);
    answerProblem(exchange, why);
  };
  const about = isJson(exchange.request) ? aboutFetch(gateway, exchange) : aboutFile(exchange);
  if ('code' in about) return refused(about);
  const operator = operatorOf(gateway, exchange);
  if ('code' in operator) return refused(operator);
  const { caller, port } = operator;
  if (!port.hasChannel(about.channel)) return refused({ code: 'channel_not_found', param: 'channel' });
  const own = { ...about, by: caller.keyId ?? '' };
  (upload ? port.take(upload, own) : port.fetch(own)).then(
    (imported) => answerImported(exchange, port, imported),
    (error: unknown) => {
      gateway.log.request('reconciliation_failed', faultContext(exchange), { error, channel: about.channel });
      refused({ code: 'internal_error' });
    },
  );
}

function answerImported(exchange: Exchange, port: ReconciliationPort, imported: Imported | null): void {
  if (!imported) return answerProblem(exchange, { code: 'bill_not_given' });
  const { run, isNew } = imported;
  const replayed = isNew ? [] : ([['Idempotent-Replayed', 'true']] as const);
  const headers = [['Location', `/v1/reconciliation/runs/${run.id}`] as const, ...replayed];
  answerJson(exchange, isNew ? 201 : 200, runResource(run, port.linesRead(run.id)), headers);
}

function isJson({ header }: HttpRequest): boolean {
  return JSON_TYPE.test(header('content-type') ?? '');
}

function isOperator({ scopes }: Caller): boolean {
  return scopes.has('reconciliation:write') && scopes.has('ops');
}

/** Bytes come with what they are about in the query. */
function aboutFile({ request }: Exchange): Omit<FileAbout, 'by'> | Refused {
  const query = readQuery(request.query, ['channel', 'date', 'kind', 'format']);
  if (isRefused(query)) return query;
  const kind = readChoice(query, 'kind', KINDS);
  if (isRefused(kind)) return kind;
  const format = readChoice(query, 'format', FORMATS);
  if (isRefused(format)) return format;
  return named(query, kind, format);
}

function named(query: Query, kind: FileAbout['kind'], format: FileAbout['format']): Omit<FileAbout, 'by'> | Refused {
  const [channel = '', day = ''] = [query.get('channel'), query.get('date')];
  if (channel === '') return invalid('channel', 'channel names the channel that the file is about.');
  if (!isDate(day)) return invalid('date', 'date is the day that the file is about, like 2026-01-31.');
  return { kind, channel, date: day, format };
}

/** A bill that the channel is to be asked for. */
function aboutFetch({ limits }: Gateway, exchange: Exchange): Omit<FileAbout, 'by'> | Refused {
  const query = readQuery(exchange.request.query, []);
  if (isRefused(query)) return query;
  const json = readJson(exchange, limits.bodyBytesMax);
  const read = json.ok ? readBody({ channel: word, date }, json.body) : json;
  if (!read.ok) return read.refused;
  const { channel = '', date: day = '' } = read.values;
  if (!isDate(day)) return { code: 'body_invalid', param: 'date', detail: 'date is a day, like 2026-01-31.' };
  return { kind: 'channel_bill', channel, date: day, format: '' };
}
