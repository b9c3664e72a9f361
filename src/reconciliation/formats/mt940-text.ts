// Text of MT940 (:86:). Unstructured, or with sub-fields in one of the two ways that banks agreed on: ?20 … ?63 behind a
// code of three digits, or /EREF/ … /NAME/ …. A sub-field that makes no sense stays text: no money hangs on it.

const SUBFIELD = /\?([0-9]{2})/;

/** Sub-fields of the purpose, of SEPA's keywords in them, and of the other side's name. */
const PURPOSE = /^(2[0-9]|6[0-3])$/;
const NAME = /^3[23]$/;

/** Where keywords of SEPA stand; 60 to 63 go on with text. */
const KEYWORDS = /^2[0-9]$/;

/** What people read: purpose, or all of it where it has no sub-fields. */
export function plainText(lines: readonly string[]): string {
  const fields = subfieldsOf(lines);
  if (fields === null)
    return lines
      .map((line) => line.trim())
      .join('\n')
      .trim();
  return textOf(fields, PURPOSE);
}

/** The end-to-end reference of SEPA; '' when it has none. */
export function endToEndOf(lines: readonly string[]): string {
  const fields = subfieldsOf(lines);
  if (fields === null) {
    const given = /\/EREF\/([^/]*)/.exec(lines.map((line) => line.trim()).join(''))?.[1]?.trim() ?? '';
    return provided(given);
  }
  const match = /EREF\+(.*?)(?=(?:KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|PURP|IBAN|BIC)\+|$)/.exec(
    textOf(fields, KEYWORDS),
  );
  return provided(match?.[1]?.trim() ?? '');
}

/** The other side's name; '' when it is not said. */
export function counterpartyOf(lines: readonly string[]): string {
  const fields = subfieldsOf(lines);
  if (fields === null) return /\/NAME\/([^/]*)/.exec(lines.map((line) => line.trim()).join(''))?.[1]?.trim() ?? '';
  return textOf(fields, NAME).trim();
}

function provided(reference: string): string {
  return reference === 'NOTPROVIDED' ? '' : reference;
}

function textOf(fields: readonly (readonly [code: string, text: string])[], codes: RegExp): string {
  return fields
    .filter(([code]) => codes.test(code))
    .map(([, text]) => text)
    .join('');
}

/** Null where the text is not of that kind. Lines end in the middle of words and of the codes. */
function subfieldsOf(lines: readonly string[]): readonly (readonly [code: string, text: string])[] | null {
  const text = lines.join('');
  if (!/^\s*[0-9]{3}\?[0-9]{2}/.test(text)) return null;
  const [, ...parts] = text.split(SUBFIELD);
  const fields: [string, string][] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) fields.push([parts[index] ?? '', parts[index + 1] ?? '']);
  return fields;
}
