import { Inject, Injectable, Module, Scope, type Type } from '@nestjs/common';
import { NestFactory, REQUEST } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { withActivity } from '../activity/active-activity.js';
import type { ActivityContext } from '../activity/activity-context.js';
import { OnetraceTemporalPlugin } from '../onetrace-temporal.plugin.js';
import { startTracing, stopTracing, defaultTracingSettings } from '../../tracing/index.js';
import { TemporalActivities } from './temporal-activities.js';
import { TemporalTracingModule } from './temporal-tracing.module.js';

@Injectable()
class Dictionary {
  readonly words = ['sleep'];
}

class Base {
  inherited(): string {
    return 'inherited';
  }
}

@Injectable()
class Lookup extends Base {
  readonly calls: number[] = [];
  constructor(@Inject(Dictionary) private readonly dictionary: Dictionary) {
    super();
  }
  get size(): number {
    return this.dictionary.words.length;
  }
  async lookUp(word: string): Promise<boolean> {
    this.calls.push(1);
    return this.dictionary.words.includes(word) && this.calls.length > 0;
  }
  onModuleInit(): void {
    this.calls.length = 0;
  }
}

@Injectable({ scope: Scope.REQUEST })
class Attempt {
  private readonly made = Symbol('made');
  constructor(@Inject(REQUEST) private readonly activity: ActivityContext | undefined) {}
  attempt(): unknown {
    return [this.made, this.activity?.info.attempt];
  }
}

@Injectable()
class AnotherLookup {
  lookUp(): void {}
}

@Injectable()
class Fields {
  readonly lookUp = (): void => undefined;
}

@Module({ providers: [Dictionary, Lookup, Attempt, AnotherLookup, Fields] })
class ActivitiesModule {}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function application(module = TemporalTracingModule.forRoot()) {
  class AppModule {}
  Module({ imports: [ActivitiesModule, module] })(AppModule);
  const app = await NestFactory.createApplicationContext(AppModule, { logger: false, abortOnError: false });
  closing.push(() => app.close());
  return app;
}

const of = async (...providers: Type[]) => (await application()).get(TemporalActivities).of(...providers);

describe('methods of providers as activities', () => {
  it('keep their dependencies; accessors, the constructor and lifecycle hooks are none', async () => {
    const activities = await of(Lookup);
    expect(Object.keys(activities).sort()).toEqual(['inherited', 'lookUp']);
    await expect(activities['lookUp']?.('sleep')).resolves.toBe(true);
    await expect(activities['inherited']?.()).resolves.toBe('inherited');
  });

  it("of a request-scoped provider have one made for each attempt, with Temporal's context as its request", async () => {
    startTracing({ ...defaultTracingSettings('worker'), export: 'none' });
    closing.push(async () => void (await stopTracing()));
    const activities = await of(Attempt);
    const during = (attempt: number) =>
      context.with(
        withActivity(ROOT_CONTEXT, { info: { attempt } } as ActivityContext),
        () => activities['attempt']?.() as Promise<[symbol, number]>,
      );
    const [first, second] = [await during(1), await during(2)];
    expect([first[1], second[1]]).toEqual([1, 2]);
    expect(first[0]).not.toBe(second[0]);
  });

  it('with the same name in two providers are refused', async () => {
    const app = await application();
    expect(() => app.get(TemporalActivities).of(Lookup, AnotherLookup)).toThrow(
      'TemporalActivities got method "lookUp" in Lookup and in AnotherLookup; an activity has one. Rename one of them',
    );
  });
});

it('says that a provider has no methods, instead of a worker without activities', async () => {
  await expect(of(Fields)).rejects.toThrow(
    'TemporalActivities got Fields, which has no methods; functions in fields are none. Write them as methods, or leave it out',
  );
});

describe('TemporalTracingModule', () => {
  it('injects the plugin, with options made by a factory', async () => {
    const app = await application(
      TemporalTracingModule.forRootAsync({
        imports: [ActivitiesModule],
        useFactory: async () => ({ searchAttribute: false as const }),
      }),
    );
    const plugin = app.get(OnetraceTemporalPlugin);
    await expect(plugin.ensureSearchAttribute({})).resolves.toBe(false);
  });

  it('refuses a wrong option at the call, and one that a factory makes at the start', async () => {
    const wrong = { searchAttribut: 'x' } as object;
    const message = /^TemporalTracingModule has no option "searchAttribut"; did you mean "searchAttribute"/;
    expect(() => TemporalTracingModule.forRoot(wrong)).toThrow(message);
    await expect(application(TemporalTracingModule.forRootAsync({ useFactory: () => wrong }))).rejects.toThrow(message);
  });
});
