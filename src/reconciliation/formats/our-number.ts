// Our number. Banks give back what the payer or we wrote, wrapped into lines, in capitals and without the signs that their
// networks do not carry: the number of the order is looked for in spite of that.

/** A channel order's id: its prefix, something that stood for the underscore, and a ULID. */
const NUMBER = /chn[^0-9A-Za-z]?([0-7][0-9A-HJKMNP-TV-Z]{25})/i;

/** The first number of ours in these texts, as we write it; '' when there is none. */
export function findOurNumber(...texts: readonly string[]): string {
  for (const text of texts) {
    if (text.length < 29) continue;
    const match = NUMBER.exec(text) ?? NUMBER.exec(text.replaceAll(/\s/g, ''));
    if (match?.[1] !== undefined) return `chn_${match[1].toUpperCase()}`;
  }
  return '';
}
