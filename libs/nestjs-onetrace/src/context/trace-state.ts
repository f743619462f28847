import type { TraceState } from '@opentelemetry/api';
import { headerText } from './header-text.js';

/** List members that the recommendation allows. */
const MOST_MEMBERS = 32;
/** Characters: more than the longest list that the grammar allows, with room for white space. */
const LONGEST = 32_768;
/** Level 2: a letter or digit, then up to 255 of the key's characters, `@` among them. */
const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;
/** Printable ASCII but comma and equals sign, the last one no space. */
const VALUE = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;
const OPTIONAL_WHITESPACE_AROUND = /^[ \t]+|[ \t]+$/g;

/**
 * A `tracestate` value by W3C Trace Context level 2, section 3.3. It is passed on with its members as they came, in their order; white
 * space and empty members between them are left out. One invalid member, or more than 32 members, discard all of it. Read only when
 * somebody asks, because most requests only carry it along.
 */
export class W3cTraceState implements TraceState {
  private members: readonly string[] | undefined;
  private text: string | undefined;

  private constructor(private readonly received: string) {}

  /** Takes a header's value: a text, or several that are one list. `undefined` where there is nothing to carry. Never throws. */
  static from(value: unknown): TraceState | undefined {
    const received = headerText(value);
    return received !== undefined && received !== '' && received.length <= LONGEST
      ? new W3cTraceState(received)
      : undefined;
  }

  /** The value of a key; of a repeated one the first, which is the latest. */
  get(key: string): string | undefined {
    const member = this.read().find((candidate) => keyOf(candidate) === key);
    return member?.slice(key.length + 1);
  }

  /** A state with this member first; an invalid key or value changes nothing. */
  set(key: string, value: string): TraceState {
    if (!KEY.test(key) || !VALUE.test(value)) return this;
    const others = this.read().filter((member) => keyOf(member) !== key);
    return new W3cTraceState([`${key}=${value}`, ...others.slice(0, MOST_MEMBERS - 1)].join(','));
  }

  /** A state without this member. */
  unset(key: string): TraceState {
    return new W3cTraceState(
      this.read()
        .filter((member) => keyOf(member) !== key)
        .join(','),
    );
  }

  /** The header's value; empty where there is nothing valid. */
  serialize(): string {
    return (this.text ??= this.read().join(','));
  }

  private read(): readonly string[] {
    return (this.members ??= readMembers(this.received));
  }
}

function readMembers(text: string): readonly string[] {
  const members: string[] = [];
  for (const item of text.split(',')) {
    const member = item.replace(OPTIONAL_WHITESPACE_AROUND, '');
    if (member === '') continue;
    const equals = member.indexOf('=');
    const valid = equals > 0 && KEY.test(member.slice(0, equals)) && VALUE.test(member.slice(equals + 1));
    if (!valid || members.length === MOST_MEMBERS) return [];
    members.push(member);
  }
  return members;
}

function keyOf(member: string): string {
  return member.slice(0, member.indexOf('='));
}
