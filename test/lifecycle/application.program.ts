/**
 * Starts and ends applications as the scenario named in the first argument says, in a process of its own: whether it
 * ends by itself, and what arrives at the receiver, is what the specs look at. Runs the built package.
 */
import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { trace } from '@opentelemetry/api';
import { ObservabilityModule } from 'nestjs-onetrace';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Either changes the level of lines, where an application asks for it. */
const SIGNALS = ['SIGUSR2', 'SIGHUP'] as const;

const url = process.env['OTLP_URL'] ?? '';
const warnings: string[] = [];
process.on('warning', (warning) => void warnings.push(`${warning.name}: ${warning.message}`));

const observability = (component: string): DynamicModule => ObservabilityModule.forRoot({ component, export: { url } });
const tell = (facts: object): void => void process.stdout.write(`${JSON.stringify(facts)}\n`);
const span = (name: string): void => trace.getTracer('application').startSpan(name).end();
const HOOKS = [
  'onModuleInit',
  'onApplicationBootstrap',
  'onModuleDestroy',
  'beforeApplicationShutdown',
  'onApplicationShutdown',
];

/** A module with a provider that makes a span in each hook, late in it. */
function hooks(name: string, isGlobal = false, fails?: string): Type {
  class Hooks {}
  const provider = Object.fromEntries(
    HOOKS.map((hook) => [
      hook,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        span(`${name}.${hook}`);
        if (hook === fails) throw new Error(`${name} failed`);
      },
    ]),
  );
  Module({ providers: [{ provide: name, useFactory: () => provider }] })(Hooks);
  if (isGlobal) Global()(Hooks);
  return Hooks;
}

function root(...imports: (Type | DynamicModule)[]): Type {
  class Root {}
  Module({ imports, providers: [] })(Root);
  return Root;
}

const quiet = { logger: false, abortOnError: false } as const;
const context = (...imports: (Type | DynamicModule)[]) => NestFactory.createApplicationContext(root(...imports), quiet);

async function serve(...imports: (Type | DynamicModule)[]) {
  const app = await NestFactory.create(root(...imports), quiet);
  app.getHttpAdapter().get('/slow', (_request: unknown, response: { end(text: string): void }) => {
    process.once('message', () => response.end('done'));
    tell({ inFlight: true });
  });
  await app.listen(0, '127.0.0.1');
  const server = app.getHttpServer() as Server;
  return { app, server, port: (server.address() as AddressInfo).port };
}

const scenarios: Record<string, () => Promise<void>> = {
  /** Serves a request that is still in flight when the signal comes. */
  async signal() {
    const { app, port } = await serve(
      hooks('early', true),
      observability('gateway'),
      hooks('late', true),
      hooks('feature'),
    );
    process.once('SIGTERM', () => tell({ signal: true })).once('SIGINT', () => tell({ signal: true }));
    app.enableShutdownHooks();
    tell({ port });
  },

  /** Changes its level at a signal that Nest's shutdown hooks take too unless they are told which; asked for before and after the start. */
  async levelSignal() {
    const [levelSignal = 'SIGUSR2'] = SIGNALS.filter((signal) => signal === process.env['LEVEL_SIGNAL']);
    let changes = 0;
    const write = (text: string): void => {
      if (text.includes('log level changed')) tell({ [`changed${String((changes += 1))}`]: true });
    };
    const logging = { levelSignal, destination: { write } };
    const app = await NestFactory.create(
      root(ObservabilityModule.forRoot({ component: 'gateway', export: { url }, logging }), hooks('feature')),
      quiet,
    );
    const named = process.env['HOOKS_FOR']?.split(',');
    if (process.env['HOOKS'] === 'before') app.enableShutdownHooks(named);
    await app.listen(0, '127.0.0.1');
    if (process.env['HOOKS'] === 'after') app.enableShutdownHooks(named);
    tell({ ready: true });
  },

  /** Closes an application that changes its level at a signal, beside one with Nest's shutdown hooks that does not. */
  async levelSignalOfOne() {
    const worker = await context(observability('worker'));
    worker.enableShutdownHooks();
    const before = footprint();
    const logging = { levelSignal: 'SIGUSR2', destination: { write: () => undefined } } as const;
    const gateway = await context(ObservabilityModule.forRoot({ component: 'gateway', export: { url }, logging }));
    gateway.enableShutdownHooks();
    await gateway.close();
    tell({ before, after: footprint() });
    await worker.close();
  },

  async twice() {
    const app = await context(observability('worker'), hooks('feature'));
    await Promise.all([app.close(), app.close()]);
    await app.close();
  },

  /** Closes an application while a slow provider keeps it from starting. */
  async duringStart() {
    const app = await NestFactory.create(root(observability('gateway'), hooks('feature')), quiet);
    const starting = app.init();
    await app.close();
    await starting;
  },

  async failedStart() {
    for (const failing of ['onModuleInit', 'onApplicationBootstrap']) {
      const error = await context(observability('failed'), hooks(failing, false, failing)).catch(
        (thrown: unknown) => thrown,
      );
      tell({ failed: String(error) });
    }
    class Broken {}
    Module({
      imports: [observability('failed')],
      providers: [
        {
          provide: 'broken',
          inject: [],
          useFactory: async () => {
            await new Promise((resolve) => setTimeout(resolve, 20));
            throw new Error('broken');
          },
        },
      ],
    })(Broken);
    tell({ failed: String(await context(Broken).catch((thrown: unknown) => thrown)) });
    const app = await context(observability('next'), hooks('next'));
    await app.close();
  },

  /** Builds both before either has started, as a program with a gateway and a worker may do. */
  async several() {
    const gateway = await NestFactory.create(root(observability('gateway'), hooks('gateway')), quiet);
    const worker = await NestFactory.create(root(observability('worker'), hooks('worker')), quiet);
    await Promise.all([gateway.init(), worker.init()]);
    await worker.close();
    span('after the worker');
    await gateway.close();
    span('after both');
  },

  async reload() {
    let before: object = {};
    for (let round = 0; round < 20; round += 1) {
      const { app, port } = await serve(observability('gateway'));
      await (await fetch(`http://127.0.0.1:${port}/nowhere`, { headers: { connection: 'close' } })).text();
      await app.close();
      // The first round also loads what stays for the life of the process.
      if (round === 0) before = footprint();
    }
    tell({ before, after: footprint() });
  },
};

function footprint(): object {
  const names = process.eventNames();
  const listeners = Object.fromEntries(names.map((name) => [String(name), process.listenerCount(name)]));
  return { resources: process.getActiveResourcesInfo().sort(), listeners };
}

await scenarios[process.argv[2] ?? '']?.();
process.once('exit', () => tell({ warnings }));
if (process.argv[2] !== 'signal') process.disconnect();
