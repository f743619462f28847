import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { parameterNames } from './parameter-names.js';

/** The only method of an object literal of this text. */
function methodOf(text: string): () => void {
  return runInNewContext(`Object.values({ ${text} })[0]`) as () => void;
}

describe('names of parameters', () => {
  it.each<[string, string[]]>([
    ['m(user, password) {}', ['user', 'password']],
    ['m() {}', []],
    ['m(a, ) {}', ['a']],
    [`m(a = ')', b = [1, 2], c = { d: 'x,y' }, e = (x) => x, f = \`,\${a},\`) {}`, ['a', 'b', 'c', 'e', 'f']],
    ['m(a, ...tokens) {}', ['a', 'tokens']],
    ['m({ a }, [b], c = 1) {}', ['', '', 'c']],
    ["async m(/* the caller's, not ours */ token, // last,\n) {}", ['token']],
    ['async *m(secret) {}', ['secret']],
    ["['a(b'](a) {}", ['a']],
    ['[(() => "m")()](a) {}', ['a']],
    ['ünï(ключ) {}', ['ключ']],
    ['m: function (a, $b_1) { return (a, $b_1); }', ['a', '$b_1']],
  ])('of %s', (text, expected) => expect(parameterNames(methodOf(text))).toEqual(expected));

  it('of a native function are none', () => expect(parameterNames(parseInt)).toEqual([]));
});
