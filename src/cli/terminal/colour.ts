// Colour: whether a stream gets it, decided in one place.

import picocolors from 'picocolors';

export type Colours = ReturnType<typeof picocolors.createColors>;

export type ColourStream = { readonly isTTY?: boolean };

/** Colours that print nothing extra on pipes and dumb terminals, and wherever NO_COLOR is set (https://no-color.org). */
export function coloursFor(
  stream: ColourStream,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Colours {
  const refused = Boolean(environment['NO_COLOR']) || environment['TERM'] === 'dumb';
  return picocolors.createColors(stream.isTTY === true && !refused);
}
