// What the engine does, told as a ledger would tell it. Every story is played twice: with each transfer in a batch of
// its own and with each as a request of its own.

import { describe, test } from 'vitest';
import { MANNERS, scenario } from '../support/scenario.ts';

describe.each(MANNERS)('in %s', (manner) => {
  const play = (lines: string): Promise<void> => scenario(lines, manner);

  test('money moves while there is enough', () =>
    play(`
      account  alice 100
      account  shop  0
      transfer t1 alice → shop 70   posted
      transfer t2 alice → shop 40   insufficient_funds
      transfer t3 alice → shop 30   posted
      balance  alice 0
      balance  shop  100
      balance  world:EUR -100`));

  test('a hold keeps money back until it is captured, in parts', () =>
    play(`
      account  alice 100
      account  shop  0
      hold     h1 alice → shop 70   held
      balance  alice 30 held 70
      balance  shop  0 pending 70
      transfer t1 alice → shop 31   insufficient_funds
      capture  c1 h1 30             captured
      balance  alice 30 held 40
      balance  shop  30 pending 40
      capture  c2 h1 41             capture_exceeds_hold
      capture  c3 h1 rest           captured
      capture  c4 h1 rest           hold_not_open
      void     v1 h1 rest           hold_not_open
      balance  alice 30
      balance  shop  70`));

  test('a void gives back what was not captured', () =>
    play(`
      account  alice 100
      account  shop  0
      hold     h1 alice → shop 70   held
      capture  c1 h1 30             captured
      void     v1 h1 10             voided
      balance  alice 40 held 30
      balance  shop  30 pending 30
      void     v2 h1 31             capture_exceeds_hold
      void     v3 h1 rest           voided
      capture  c2 h1 1              hold_not_open
      balance  alice 70
      balance  shop  30`));

  test('a capture may name its accounts, and then they must be those of the hold', () =>
    play(`
      account  alice 100
      account  bob   100
      account  shop  0
      hold     h1 alice → shop 70         held
      capture  c1 h1 10 bob → shop        hold_accounts_differ
      capture  c1 h1 10 alice → bob       hold_accounts_differ
      void     v1 h1 10 bob → shop        hold_accounts_differ
      capture  c1 h1 10 alice → shop      captured
      balance  shop 10 pending 60`));

  test('only a hold can be captured', () =>
    play(`
      account  alice 100
      account  shop  0
      transfer t1 alice → shop 10   posted
      capture  c1 t1 rest           hold_not_open
      void     v1 t1 rest           hold_not_open
      capture  c2 t2 rest           transfer_not_found
      hold     h1 alice → shop 10   held
      capture  c3 h1 5              captured
      capture  c4 c3 rest           transfer_not_found`));

  test('credit lets an account go below zero, and no further', () =>
    play(`
      account  alice 100 credit 50
      account  shop  0
      transfer t1 alice → shop 151  insufficient_funds
      transfer t2 alice → shop 150  posted
      balance  alice -50
      transfer t3 alice → shop 1    insufficient_funds
      credit   alice 60
      hold     h1 alice → shop 11   insufficient_funds
      hold     h1 alice → shop 10   held
      balance  alice -60 held 10
      credit   alice 0
      transfer t4 alice → shop 1    insufficient_funds
      transfer t5 shop → alice 60   posted
      balance  alice 0 held 10`));

  test('a frozen account neither pays nor receives, but gets its money back', () =>
    play(`
      account  alice 100
      account  shop  50
      hold     h1 alice → shop 70   held
      freeze   alice
      transfer t1 alice → shop 1    account_frozen
      transfer t2 shop → alice 1    account_frozen
      hold     h2 shop → alice 1    account_frozen
      capture  c1 h1 1              account_frozen
      void     v1 h1 10             voided
      balance  alice 40 held 60
      unfreeze alice
      capture  c1 h1 60             captured
      balance  alice 40
      balance  shop  110`));

  test('a hold into a frozen account is not captured either', () =>
    play(`
      account  alice 100
      account  shop  0
      hold     h1 alice → shop 70   held
      freeze   shop
      capture  c1 h1 1              account_frozen
      void     v1 h1 rest           voided
      balance  alice 100`));

  test('only an empty account closes, and it stays closed', () =>
    play(`
      account  alice 100
      account  shop  0
      close    alice                account_not_empty
      hold     h1 alice → shop 100  held
      close    alice                account_not_empty
      close    shop                 account_not_empty
      capture  c1 h1 rest           captured
      close    alice
      unfreeze alice                account_closed
      credit   alice 5              account_closed
      transfer t1 shop → alice 1    account_closed
      transfer t2 alice → shop 1    account_closed`));

  test('both accounts have the currency of the transfer', () =>
    play(`
      account  alice 100 EUR
      account  petr  100 CZK
      account  shop  0   EUR
      transfer t1 alice → petr 10       currency_mismatch
      transfer t2 alice → shop 10 CZK   currency_mismatch
      transfer t3 petr → petr2 10 CZK   account_not_found
      transfer t4 alice → shop 10 EUR   posted
      hold     h1 petr → shop 10        currency_mismatch
      balance  petr 100`));

  test('the same transfer again changes nothing, another of the same name is refused', () =>
    play(`
      account  alice 100
      account  shop  0
      transfer t1 alice → shop 70   posted
      transfer t1 alice → shop 70   again
      transfer t1 alice → shop 71   transfer_exists_with_different_content
      transfer t1 shop → alice 70   transfer_exists_with_different_content
      hold     t1 alice → shop 70   transfer_exists_with_different_content
      hold     h1 alice → shop 10   held
      hold     h1 alice → shop 10   again
      hold     h1 alice → shop 10 for 60s   transfer_exists_with_different_content
      capture  c1 h1 4              captured
      hold     h1 alice → shop 10   again
      capture  c1 h1 4              again
      capture  c1 h1 5              transfer_exists_with_different_content
      capture  c1 h1 rest           transfer_exists_with_different_content
      capture  c1 t1 4              transfer_exists_with_different_content
      void     c1 h1 4              transfer_exists_with_different_content
      capture  c1 h1 4 shop → alice transfer_exists_with_different_content
      transfer c1 alice → shop 4    transfer_exists_with_different_content
      capture  h1 h1 4              transfer_exists_with_different_content
      void     v1 h1 rest           voided
      void     v1 h1 rest           again
      hold     h1 alice → shop 10   again
      balance  alice 26
      balance  shop  74`));

  test('a refusal that depended on money is judged anew', () =>
    play(`
      account  alice 10
      account  bob   100
      account  shop  0
      transfer t1 alice → shop 70   insufficient_funds
      transfer t2 bob → alice 60    posted
      transfer t1 alice → shop 70   posted
      balance  alice 0`));

  test('an open hold ends by itself, its money comes back', () =>
    play(`
      account  alice 100
      account  shop  0
      hold     h1 alice → shop 70 for 60s   held
      hold     h2 alice → shop 20           held
      capture  c1 h1 30             captured
      wait     59s
      balance  alice 10 held 60
      wait     1s
      balance  alice 50 held 20
      balance  shop  30 pending 20
      capture  c2 h1 1              hold_not_open
      wait     540s
      balance  alice 70
      balance  shop  30`));

  test('balances stay countable', () =>
    play(`
      account  rich  max
      account  bank  0 credit unlimited
      account  alice 0
      transfer t0 bank → alice 1          posted
      transfer t1 alice → rich 1          balance_overflow
      hold     h1 alice → rich 1          balance_overflow
      transfer t2 world:EUR → alice 1     balance_overflow
      hold     h2 world:EUR → alice 1     balance_overflow
      hold     h3 rich → alice max        balance_overflow
      transfer t3 rich → bank 1           posted
      transfer t4 alice → rich 1          posted
      balance  rich  9007199254740991
      balance  world:EUR -9007199254740991
      balance  bank  0`));

  test('what a hold may bring, or bring back, counts as if it were there', () =>
    play(`
      account  rich  max
      account  bank  0 credit unlimited
      account  alice 0
      hold     h1 rich → alice 9007199254740990   held
      balance  rich  1 held 9007199254740990
      transfer t1 bank → rich 1           balance_overflow
      transfer t2 bank → alice 1          posted
      transfer t3 bank → alice 1          balance_overflow
      void     v1 h1 990                  voided
      transfer t4 bank → alice 991        balance_overflow
      transfer t5 bank → alice 990        posted
      transfer t6 bank → rich 1           balance_overflow
      capture  c1 h1 rest                 captured
      balance  alice 9007199254740991
      balance  rich  991`));

  test('no more is held than can be counted', () =>
    play(`
      account  bank  0 credit unlimited
      account  bank2 0 credit unlimited
      account  alice 0
      account  bob   0
      hold     h1 bank → alice max        held
      balance  bank  -9007199254740991 held 9007199254740991
      hold     h2 bank → bob 1            balance_overflow
      transfer t1 bank2 → bank 1          balance_overflow
      void     v1 h1 1                    voided
      hold     h2 bank → bob 1            held
      void     v2 h1 rest                 voided
      void     v3 h2 rest                 voided
      balance  bank  0`));
});
