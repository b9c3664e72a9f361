// Channel reports, as adapters and the machinery make them: a class, and of the rest what is known.

import type { ChannelReport, PrepayReport, ResultClass } from './channel.ts';

const NOTHING_SAID = { channelTradeNo: '', amount: null, currency: null, failure: '', actionUrl: '' } as const;

export function reportOf(resultClass: ResultClass, said: Partial<Omit<ChannelReport, 'class'>> = {}): ChannelReport {
  return { ...NOTHING_SAID, class: resultClass, ...said };
}

/** Something may have been sent, and nothing definite came back. @param failure a short code of why */
export function unknownReport(failure: string, said: Partial<Omit<ChannelReport, 'class' | 'failure'>> = {}) {
  return reportOf('unknown', { ...said, failure });
}

/** Only with a proof that nothing left this process. @param failure a short code of what kept it back */
export function unsentReport(failure: string): ChannelReport {
  return reportOf('unsent', { failure });
}

/** A prepay that gave no token. */
export function withoutToken(report: ChannelReport): PrepayReport {
  return { ...report, token: '', expiresAtMs: 0 };
}
