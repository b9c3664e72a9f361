// Card data. Finds what may never be in a free text: the number of a card, or its security code. Whoever takes such data
// has to protect it as PCI DSS 4.0 (requirements 3.3 and 3.5) says; here it is refused at the door and kept nowhere.
//
// D1. A card number is 13-19 digits that begin and are as long as an issuer's (ISO/IEC 7812) and pass its check digit; so
// times, order numbers and other numbers that only look alike are let through. D2. An IBAN is no card, whatever its digits.

/** Digits, perhaps grouped. */
const DIGITS = /(?<![0-9])[0-9](?:[ .\-_/]?[0-9]){12,}(?![0-9])/g;

/** Of the longest card number. */
const DIGITS_MAX = 19;

/** First digits and lengths: Visa, Mastercard, American Express, Diners, Discover, JCB, UnionPay and Maestro. */
const ISSUERS: readonly (readonly [first: RegExp, lengths: readonly number[]])[] = [
  [/^4/, [13, 16, 19]],
  [/^(5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  [/^3[47]/, [15]],
  [/^3(0[0-5]|[689])/, [14, 16, 19]],
  [/^35(2[89]|[3-8])/, [16, 17, 18, 19]],
  [/^(6011|64[4-9]|65|62)/, [16, 17, 18, 19]],
  [/^(50|5[6-8]|6)/, [13, 14, 15, 16, 17, 18, 19]],
];

/** A security code is three or four digits after a word for it. */
const SECURITY_CODE =
  /(?<![a-z])(cvv2?|cvc2?|cv2|cid|card[ _-]?(verification|security)[ _-]?(code|value|number)|security[ _-]?code)[^a-z0-9]{0,5}[0-9]{3,4}(?![0-9])/i;

/** Letters and digits, perhaps grouped: country, check digits, account (ISO 13616). */
const IBAN = /(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{1,4}){3,9}(?![A-Z0-9])/gi;

/** True for a text that has a card number or a security code in it. */
export function hasCardData(text: string): boolean {
  // Digits of any script are the same digits to whoever reads them.
  const read = text.normalize('NFKC').replace(IBAN, (found) => (isIban(found) ? ' ' : found));
  if (SECURITY_CODE.test(read)) return true;
  return (read.match(DIGITS) ?? []).some((found) => hasCardNumber(found.split(/[^0-9]/)));
}

/** A number may stand beside others, "4111111111111111-1": any groups that follow each other may be one. */
function hasCardNumber(groups: readonly string[]): boolean {
  return groups.some((_, first) => {
    let digits = '';
    for (const group of groups.slice(first)) {
      digits += group;
      if (digits.length > DIGITS_MAX) return false;
      if (isCardNumber(digits)) return true;
    }
    return false;
  });
}

/** True for a text that has an IBAN in it, in one piece or grouped by spaces. */
export function hasIban(text: string): boolean {
  return (text.match(IBAN) ?? []).some((found) => {
    // Words that follow look like groups of it.
    const words = found.split(' ');
    return words.some((_, last) => isIban(words.slice(0, last + 1).join('')));
  });
}

function isCardNumber(digits: string): boolean {
  const known = ISSUERS.some(([first, lengths]) => lengths.includes(digits.length) && first.test(digits));
  return known && luhnSum(digits) % 10 === 0;
}

/** ISO/IEC 7812-1, annex B. */
function luhnSum(digits: string): number {
  let sum = 0;
  for (let place = 0; place < digits.length; place++) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = digit * 2;
    sum += place % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum;
}

/** ISO 7064, MOD 97-10. */
function isIban(found: string): boolean {
  const text = found.replaceAll(' ', '').toUpperCase();
  const moved = text.slice(4) + text.slice(0, 4);
  let rest = 0;
  for (const character of moved) {
    for (const digit of String(Number.parseInt(character, 36))) rest = (rest * 10 + Number(digit)) % 97;
  }
  return rest === 1;
}
