// Webhook URL. What an endpoint's URL may look like. Where it leads is judged when a connection is made, because names
// change their addresses.
//
// U1. https; http only on a server whose operator lets webhooks into networks of its own. U2. Nothing that hides where it goes:
// no user, no password, no fragment. U3. No port of another service: 443, 80 for http, or one from 1024 on.

/** Characters; longer ones do not pass everywhere. */
export const URL_LENGTH_MAX = 2_048;

/** Ports below it belong to the machine's services: mail, remote shells, name servers. */
const PORT_MIN = 1_024;

/** Names that mean this machine or this network whatever a name server says. */
const LOCAL_NAME = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|home|arpa|onion)$/;

export type ReadUrl = { readonly url: string } | { readonly reason: string };

/** The URL in its normal spelling, or why not. `plain`: http is allowed. */
export function readWebhookUrl(text: string, plain: boolean): ReadUrl {
  if (text.length > URL_LENGTH_MAX) return { reason: `A URL has at most ${URL_LENGTH_MAX} characters.` };
  if (!URL.canParse(text)) return { reason: 'It is not a URL.' };
  const url = new URL(text);
  const reason = reasonAgainst(url, text, plain);
  return reason === null ? { url: url.href } : { reason };
}

function reasonAgainst(url: URL, text: string, plain: boolean): string | null {
  if (url.protocol !== 'https:' && !(plain && url.protocol === 'http:')) return 'It must begin with https://.';
  if (url.username !== '' || url.password !== '') return 'It must not have a user or password.';
  if (text.includes('#')) return 'It must not have a fragment.';
  if (url.port !== '' && Number(url.port) < PORT_MIN) return `Its port must be the usual one or from ${PORT_MIN} on.`;
  if (isLocalName(url.hostname)) return 'Its host is a name of this machine or network.';
  return null;
}

function isLocalName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.+$/, '');
  const isAddress = name.startsWith('[') || /^[0-9.]+$/.test(name);
  return !isAddress && (!name.includes('.') || LOCAL_NAME.test(name));
}
