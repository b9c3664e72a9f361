// XML elements. From bytes to elements by their path, without a tree: memory holds the open elements and one text.

import { SaxesParser, type SaxesTagNS } from 'saxes';
import { FormatError, Refuser } from './format-error.ts';
import type { Position, StatementItem } from './statement.ts';
import { latin1Text } from './windows-1252.ts';

/** Open elements inside each other. camt.053 has about 12. */
const DEPTH_MAX = 40;

/** Characters between two tags. The longest text of camt.053 has 500; a comment may have more. */
const TEXT_CHARACTERS_MAX = 65_536;

/** Characters that an XML declaration with its encoding is looked for in. */
const DECLARATION_BYTES = 200;

/** Characters that the parser is given at once: how far a text can grow before its length is looked at. */
const PIECE_CHARACTERS = 16_384;

/** An element at its end; `text` is what stood directly in it. */
export type Element = {
  readonly path: string;
  readonly text: string;
  readonly attributes: ReadonlyMap<string, string>;
  /** Of its end. */
  readonly position: Position;
};

export type ElementTaker = {
  readonly open: (path: string, uri: string, position: Position) => void;
  readonly close: (element: Element, out: StatementItem[]) => void;
};

type Open = { readonly path: string; text: string; readonly attributes: Map<string, string> };

export class XmlElements {
  private readonly refuse: Refuser;
  private readonly taker: ElementTaker;
  private readonly parser = new SaxesParser<{ xmlns: true; position: true }>({ xmlns: true, position: true });
  private readonly stack: Open[] = [];
  private out: StatementItem[] = [];
  /** Bytes until the declaration can be looked at; null after that. */
  private head: Uint8Array | null = new Uint8Array(0);
  private decode: (bytes: Uint8Array, stream: boolean) => string = utf8();
  /** Where the parser was when something last ended. */
  private lastEventAt = 0;
  private start: Position = { line: 1, column: 1 };

  constructor(file: string, taker: ElementTaker) {
    this.refuse = new Refuser(file);
    this.taker = taker;
    this.parser.on('error', (error) => {
      throw new FormatError(file, this.position, '', error.message.replace(/^[0-9]+:[0-9]+: /, ''));
    });
    this.parser.on('doctype', () => {
      throw this.refuse.expected(this.position, 'DOCTYPE', 'a document without a type definition');
    });
    this.parser.on('opentagstart', ({ name }) => {
      const { line, column } = this.position;
      this.start = { line, column: Math.max(column - name.length - 2, 1) };
    });
    this.parser.on('opentag', (tag) => this.open(tag));
    this.parser.on('closetag', () => this.close());
    this.parser.on('text', (text) => this.take(text));
    this.parser.on('cdata', (text) => this.take(text));
    this.parser.on('comment', () => this.passed());
    this.parser.on('processinginstruction', () => this.passed());
  }

  feed(bytes: Uint8Array, out: StatementItem[]): void {
    this.out = out;
    if (this.head === null) return this.write(this.decode(bytes, true));
    this.head = Buffer.concat([this.head, bytes]);
    if (this.head.length >= DECLARATION_BYTES) this.writeHead();
  }

  end(out: StatementItem[]): void {
    this.out = out;
    if (this.head !== null) this.writeHead();
    this.write(this.decode(new Uint8Array(0), false));
    this.parser.close();
  }

  private writeHead(): void {
    const head = this.head ?? new Uint8Array(0);
    this.head = null;
    const declared = /^[^>]*encoding=["']([A-Za-z0-9._-]+)["']/.exec(latin1Text(head.subarray(0, DECLARATION_BYTES)));
    const encoding = declared?.[1]?.toLowerCase() ?? 'utf-8';
    if (encoding === 'iso-8859-1' || encoding === 'windows-1252') this.decode = (bytes) => latin1Text(bytes);
    else if (encoding !== 'utf-8' && encoding !== 'us-ascii') {
      throw this.refuse.expected({ line: 1, column: 1 }, 'encoding', 'UTF-8, ISO-8859-1 or windows-1252', encoding);
    }
    this.write(this.decode(head, true));
  }

  private write(text: string): void {
    const bad = text.indexOf('\uFFFD');
    this.writePieces(bad < 0 ? text : text.slice(0, bad));
    if (bad >= 0) throw this.refuse.expected(this.position, '', 'UTF-8');
  }

  private writePieces(text: string): void {
    for (let from = 0; from < text.length; from += PIECE_CHARACTERS) {
      this.parser.write(text.slice(from, from + PIECE_CHARACTERS));
      this.checkLength();
    }
  }

  /** What the parser holds between two events is not given to anybody yet. */
  private checkLength(): void {
    if (this.parser.position - this.lastEventAt <= TEXT_CHARACTERS_MAX + PIECE_CHARACTERS) return;
    throw this.tooLong();
  }

  private passed(): void {
    if (this.parser.position - this.lastEventAt > TEXT_CHARACTERS_MAX) throw this.tooLong();
    this.lastEventAt = this.parser.position;
  }

  private tooLong(): FormatError {
    return this.refuse.tooLong(this.start, 'a text or tag', TEXT_CHARACTERS_MAX, 'characters');
  }

  private open(tag: SaxesTagNS): void {
    this.passed();
    const parent = this.stack.at(-1)?.path;
    const path = parent === undefined ? tag.local : `${parent}/${tag.local}`;
    if (this.stack.length >= DEPTH_MAX) throw this.refuse.tooLong(this.start, 'a nesting', DEPTH_MAX, 'elements');
    const attributes = new Map(Object.values(tag.attributes).map(({ local, value }) => [local, value]));
    this.stack.push({ path, text: '', attributes });
    this.taker.open(path, tag.uri, this.start);
  }

  private close(): void {
    this.passed();
    const element = this.stack.pop();
    if (element) this.taker.close({ ...element, position: this.position }, this.out);
  }

  private take(text: string): void {
    this.passed();
    const element = this.stack.at(-1);
    if (element === undefined) return;
    element.text += text;
    if (element.text.length > TEXT_CHARACTERS_MAX) throw this.tooLong();
  }

  private get position(): Position {
    return { line: this.parser.line, column: this.parser.column + 1 };
  }
}

/** What is not UTF-8 becomes U+FFFD, whatever blocks it comes in: its place is then that of a character. */
function utf8(): (bytes: Uint8Array, stream: boolean) => string {
  const decoder = new TextDecoder('utf-8', { fatal: false });
  return (bytes, stream) => decoder.decode(bytes, { stream });
}
