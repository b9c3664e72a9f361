// Account operations. Opening, reading and changing accounts.

import { ChangeAccount, OpenAccount, ReadAccount, type ChangeRequest } from '../../../actors/commands.ts';
import type { AccountView } from '../../domain/accounts.ts';
import type { Currencies } from '../../domain/currencies.ts';
import * as fields from '../fields.ts';
import { operation, outcome, type Operation, type Shown, type Tell } from '../operation.ts';
import { accountResource } from '../resources.ts';

export function createAccount(currencies: Currencies): Operation {
  return operation('accounts.create', {
    scope: 'accounts:write',
    status: 201,
    fields: {
      id: fields.optional(fields.id),
      currency: fields.currency(currencies),
      kind: fields.word,
      credit_limit: fields.optional(fields.creditLimit),
      metadata: fields.optional(fields.metadata),
      crediting: fields.optional(fields.crediting),
    },
    command: (values, context, keyed, tell) => {
      const { id = '', currency = '', kind = '', credit_limit: creditLimit = 0, metadata = {}, crediting } = values;
      const request = { id, currency, kind, creditLimit, metadata, ...(crediting ? { crediting } : {}) };
      return new OpenAccount(context, request, keyed, accountTo(tell));
    },
  });
}

export function getAccount(): Operation {
  return operation('accounts.get', {
    scope: 'accounts:read',
    status: 200,
    fields: { id: fields.id },
    command: ({ id = '' }, context, _keyed, tell) => new ReadAccount(context, id, accountTo(tell)),
  });
}

export function changeAccount(): Operation {
  return operation('accounts.change', {
    scope: 'accounts:write',
    status: 200,
    fields: {
      id: fields.id,
      status: fields.optional(fields.status),
      credit_limit: fields.optional(fields.creditLimit),
      metadata: fields.optional(fields.metadata),
      crediting: fields.optional(fields.crediting),
    },
    command: ({ id = '', status, credit_limit: creditLimit, metadata, crediting }, context, keyed, tell) => {
      const request: ChangeRequest = {
        id,
        ...(status === undefined ? {} : { status }),
        ...(creditLimit === undefined ? {} : { creditLimit }),
        ...(metadata === undefined ? {} : { metadata }),
        ...(crediting === undefined ? {} : { crediting }),
      };
      return new ChangeAccount(context, request, keyed, accountTo(tell));
    },
  });
}

function accountTo(tell: Tell): (command: OpenAccount | ChangeAccount | ReadAccount) => void {
  return (command) => tell(outcome(command, command.account, shownAccount));
}

function shownAccount(account: AccountView): Shown {
  return { body: accountResource(account), location: `/v1/accounts/${account.id}`, open: null };
}
