// Order keys. Under which name orders of all merchants are kept in memory: by merchant and id.

/** Ids of orders have no space in them. */
export function orderKey(merchant: string, id: string): string {
  return `${merchant} ${id}`;
}

/** What `orderKey` was made of. */
export function partsOf(key: string): { readonly merchant: string; readonly id: string } {
  const at = key.lastIndexOf(' ');
  return { merchant: key.slice(0, at), id: key.slice(at + 1) };
}
