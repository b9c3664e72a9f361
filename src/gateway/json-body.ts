// JSON body. Reads the bytes of an HTTP request as what they should be: a JSON text in UTF-8 of bounded length.

import { isUtf8 } from 'node:buffer';
import type { Exchange } from './exchange.ts';
import type { Refused } from './problem.ts';
import { repeatsName } from './repeated-names.ts';
import { isMap } from './shape.ts';
import type { HttpRequest } from './transport/transport.ts';

type ReadJson = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly refused: Refused };

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** The body with the path's id in it; no bytes are an object without fields. */
export function readJson({ request, id }: Exchange, bytesMax: number): ReadJson {
  const parsed = parse(request, bytesMax);
  if (!parsed.ok || id === undefined) return parsed;
  if (!isMap(parsed.body)) return refuse({ code: 'body_invalid', detail: 'The body must be an object.' });
  if (Object.hasOwn(parsed.body, 'id')) return refuse({ code: 'field_unknown', param: 'id' });
  return { ok: true, body: { ...parsed.body, id } };
}

function parse({ body, header }: HttpRequest, bytesMax: number): ReadJson {
  if (body.length === 0) return { ok: true, body: {} };
  if (body.length > bytesMax) return refuse({ code: 'body_too_large', detail: `At most ${bytesMax} bytes.` });
  const type = header('content-type');
  if (type !== undefined && !JSON_TYPE.test(type)) return refuse({ code: 'media_type_unsupported' });
  if (!isUtf8(body)) return refuse({ code: 'body_invalid', detail: 'The body is not UTF-8.' });
  try {
    const text = Buffer.from(body.buffer, body.byteOffset, body.length).toString();
    const value: unknown = JSON.parse(text);
    if (repeatsName(text)) return refuse({ code: 'body_invalid', detail: 'A name is given twice.' });
    return { ok: true, body: value };
  } catch {
    return refuse({ code: 'body_invalid', detail: 'The body is not JSON.' });
  }
}

function refuse(refused: Refused): ReadJson {
  return { ok: false, refused };
}
