import 'reflect-metadata';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import https from 'node:https';
import readline from 'node:readline';
import { Transform } from 'node:stream';
import tls from 'node:tls';
import { inspect } from 'node:util';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { spansOfEachTest } from '../testing/spans-of-each-test.fixture.js';
import { Trace } from './trace.decorator.js';

const spans = spansOfEachTest();

const names = () => spans.spans().map((span) => span.name);
const shown = Symbol('shown');
let reads = 0;

class Plain {
  inherited(): string {
    return 'plain';
  }
  overridden(): string {
    return 'plain';
  }
  @Trace('plain.decorated')
  decorated(): string {
    return 'plain';
  }
}

@Trace({ attributes: { team: 'a' } })
class Whole extends Plain {
  readonly #secret = 42;
  field = () => this.#secret;

  own(): number {
    return this.#secret;
  }
  override overridden(): string {
    return `whole over ${super.overridden()}`;
  }
  @Trace({ name: 'method.wins', attributes: { team: 'b' } })
  both(): number {
    return 2;
  }
  get size(): number {
    reads += 1;
    return 1;
  }
  [shown](): string {
    return 'shown';
  }
  *[Symbol.iterator](): Generator<number> {
    yield 1;
  }
  toJSON(): object {
    return {};
  }
  override toString(): string {
    return 'whole';
  }
  static make(): Whole {
    return new Whole();
  }
  onModuleInit(): void {}
  onApplicationShutdown(): void {}
}

describe('@Trace on a class', () => {
  const whole = new Whole();

  it('covers what is its own, with this and #private', () => {
    expect(whole.own()).toBe(42);
    expect(names()).toEqual(['Whole.own']);
    expect(spans.spans()[0]?.attributes).toMatchObject({
      'method.class': 'Whole',
      'method.name': 'own',
      team: 'a',
    });
  });

  it('covers what it inherits, and leaves the parent as it is', () => {
    expect(whole.inherited()).toBe('plain');
    expect(names()).toEqual(['Whole.inherited']);
    new Plain().inherited();
    expect(names()).toHaveLength(1);
  });

  it('makes one span of an overridden method and its super call', () => {
    expect(whole.overridden()).toBe('whole over plain');
    expect(names()).toEqual(['Whole.overridden']);
  });

  it('does not trace again what is traced on its own, in the class or in its parent', () => {
    whole.both();
    whole.decorated();
    expect(names()).toEqual(['method.wins', 'plain.decorated']);
    expect(spans.spans()[0]?.attributes).toMatchObject({ team: 'b' });
  });

  it('covers methods named by symbols', () => {
    expect(whole[shown]()).toBe('shown');
    expect(names()).toEqual(['Whole.shown']);
  });

  it('leaves alone what the language and Nest call by themselves, accessors, fields and static methods', () => {
    whole.onModuleInit();
    whole.onApplicationShutdown();
    expect([...whole]).toEqual([1]);
    expect(JSON.stringify(whole) + String(whole)).toBe('{}whole');
    expect(whole.field()).toBe(42);
    Whole.make();
    expect(names()).toEqual([]);
    expect(reads).toBe(0);
    expect(whole.size).toBe(1);
  });

  it('sees what replaces an inherited method later', () => {
    const inherited = Object.getOwnPropertyDescriptor(Plain.prototype, 'inherited') as PropertyDescriptor;
    Plain.prototype.inherited = () => 'replaced';
    try {
      expect(whole.inherited()).toBe('replaced');
    } finally {
      Object.defineProperty(Plain.prototype, 'inherited', inherited);
    }
  });

  it('on parent and child makes one span of one call', () => {
    @Trace()
    class Parent {
      run(): number {
        return 1;
      }
      walk(): number {
        return 1;
      }
    }
    @Trace()
    class Child extends Parent {
      override walk(): number {
        return super.walk() + 1;
      }
    }
    expect(new Child().run()).toBe(1);
    expect(names()).toEqual(['Parent.run']);
    spans.reset();
    // Two methods that are both asked to be traced, one inside the other.
    expect(new Child().walk()).toBe(2);
    expect(names()).toEqual(['Parent.walk', 'Child.walk']);
  });

  it('twice on a class makes one span of one call', () => {
    @Trace()
    @Trace()
    class Twice {
      run(): void {}
    }
    new Twice().run();
    expect(names()).toEqual(['Twice.run']);
  });

  it('takes a name as prefix', () => {
    @Trace('billing')
    class Named {
      charge(): void {}
    }
    new Named().charge();
    expect(names()).toEqual(['billing.charge']);
    expect(spans.spans()[0]?.attributes).toMatchObject({ 'method.class': 'Named' });
  });

  it("does not trace what the language's and Node's own classes do inside", () => {
    @Trace()
    class Cache extends Map<string, number> {
      load(): number {
        this.set('a', 1);
        return this.get('a') ?? 0;
      }
    }
    @Trace()
    class Bus extends EventEmitter {
      announce(): boolean {
        return this.emit('a');
      }
    }
    @Trace()
    class Shout extends Transform {
      shout(): void {
        this.push('A');
      }
    }
    expect(new Cache().load()).toBe(1);
    new Bus().announce();
    new Shout().shout();
    expect(names()).toEqual(['Cache.load', 'Bus.announce', 'Shout.shout']);
  });

  it.each<[string, object]>([
    ['fs.ReadStream', fs.ReadStream],
    ['https.Agent', https.Agent],
    ['readline.Interface', readline.Interface],
    ['TLSSocket', tls.TLSSocket],
    ['Worker', Worker],
    ['Gzip', (zlib as unknown as { Gzip: object }).Gzip],
    ['URLSearchParams', URLSearchParams],
    ['Headers', Headers],
    ['ReadableStream', ReadableStream],
    ['AbortSignal', AbortSignal],
  ])('leaves the methods of Node alone in what extends %s', (_name, Base) => {
    abstract class Own extends (Base as abstract new () => object) {
      own(): void {}
      [inspect.custom](): string {
        return 'own';
      }
    }
    const { [inspect.custom]: custom } = Object.getOwnPropertyDescriptors(Own.prototype);
    Trace()(Own);
    expect(Reflect.ownKeys(Own.prototype)).toEqual(['constructor', 'own', inspect.custom]);
    expect(Object.getOwnPropertyDescriptor(Own.prototype, inspect.custom)).toEqual(custom);
  });

  it('leaves constructors of older code and of the language constructible', () => {
    function Model(this: { made: boolean }): void {
      this.made = true;
    }
    class Repository {
      declare readonly Model: new () => { made: boolean };
      declare readonly Clock: DateConstructor;
    }
    Object.assign(Repository.prototype, { Model, Clock: Date });
    Trace()(Repository);
    const { Model: Traced, Clock } = new Repository();
    expect(new Traced()).toBeInstanceOf(Model);
    expect(new Traced().made).toBe(true);
    expect(new (class extends Traced {})()).toBeInstanceOf(Traced);
    expect(Clock).toBe(Date);
    expect(names()).toEqual([]);
  });

  it('leaves a class that stands on the prototype constructible', () => {
    class Model {}
    class Repository {
      declare readonly Model: typeof Model;
    }
    Object.defineProperty(Repository.prototype, 'Model', { value: Model, configurable: true });
    Trace()(Repository);
    expect(new new Repository().Model()).toBeInstanceOf(Model);
  });

  it('does not ask a class for its own text', () => {
    class Base {
      run(): void {}
      static toString(): string {
        throw new Error('no');
      }
    }
    @Trace()
    class Derived extends Base {}
    new Derived().run();
    expect(names()).toEqual(['Derived.run']);
  });

  it('is the same class, its constructor and instances untouched', () => {
    expect(whole).toBeInstanceOf(Whole);
    expect(Whole.prototype.constructor).toBe(Whole);
    expect(Object.keys(whole)).toEqual(['field']);
    expect(Object.keys(Whole.prototype)).toEqual([]);
  });
});
