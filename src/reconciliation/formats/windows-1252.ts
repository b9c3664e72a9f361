// Windows-1252. Latin-1 with letters and signs at 0x80 to 0x9f. Own table: some releases of Node decode it as Latin-1.

/** What is at 0x80 to 0x9f; five places are empty and stay the control characters that they are in Latin-1. */
const HIGH = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8DŽ\x8F\x90‘’“”•–—˜™š›œ\x9DžŸ';

/** Never fails: every byte is a character. */
export function latin1Text(bytes: Uint8Array): string {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  return text.replaceAll(/[\x80-\x9F]/g, (character) => HIGH[character.charCodeAt(0) - 0x80] ?? character);
}
