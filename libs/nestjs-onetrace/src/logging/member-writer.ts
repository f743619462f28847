import { isPlainKey, LEAST_CARD, type RedactionRules, redactionRules, redactText } from '../tracing/index.js';
import { quoteJson } from './json-text.js';
import { propertyJson } from './json-value.js';

/** What is known of a key by which nothing is kept secret, and of the text that stood under it last. */
interface PlainMember {
  /** The key, quoted, and its colon. */
  readonly head: string;
  text: string;
  /** The member with that text. */
  json: string;
}

// Keys and messages are few and come again with every line; those from outside must not fill the memory.
const MOST_KNOWN = 1000;
const LONGEST_KNOWN = 128;

let rules: RedactionRules | undefined;
const members = new Map<string, PlainMember | null>();
const messages = new Map<string, string>();

/**
 * A property of a line as a member of a JSON object, secrets redacted; `undefined` where there is nothing to write. Survives every value. What a key says
 * about secrecy is asked once, and a text that stands under it again (the name of a connector, a route) is not looked through again.
 */
export function memberJson(key: string, value: unknown, room: number): string | undefined {
  const plain = plainMember(key);
  if (plain !== null) {
    if (typeof value === 'string' && value.length <= LONGEST_KNOWN) return textMember(plain, value);
    // Smaller ones are no card's.
    if (typeof value === 'number' && value < LEAST_CARD && value > -LEAST_CARD) return `${plain.head}${value}`;
  }
  const json = propertyJson(key, value, room);
  return json === undefined ? undefined : `${plain === null ? `${quoteJson(key)}:` : plain.head}${json}`;
}

/** The message of a line as JSON, secrets redacted; most are the same few again and again. */
export function messageJson(message: string): string {
  forgetOtherRules();
  const known = messages.get(message);
  if (known !== undefined) return known;
  const safe = redactText(message);
  const json = quoteJson(safe);
  if (safe === message && message.length <= LONGEST_KNOWN && messages.size < MOST_KNOWN) messages.set(message, json);
  return json;
}

function plainMember(key: string): PlainMember | null {
  forgetOtherRules();
  const known = members.get(key);
  if (known !== undefined) return known;
  const member = isPlainKey(key) ? { head: `${quoteJson(key)}:`, text: '', json: `${quoteJson(key)}:""` } : null;
  if (key.length <= LONGEST_KNOWN && members.size < MOST_KNOWN) members.set(key, member);
  return member;
}

function textMember(member: PlainMember, text: string): string {
  if (member.text === text) return member.json;
  const safe = redactText(text);
  const json = `${member.head}${quoteJson(safe)}`;
  // A secret is not kept longer than its application does.
  if (safe === text) {
    member.text = text;
    member.json = json;
  }
  return json;
}

/** Applications come and go, and with them what is a secret. */
function forgetOtherRules(): void {
  const current = redactionRules();
  if (current === rules) return;
  rules = current;
  members.clear();
  messages.clear();
}
