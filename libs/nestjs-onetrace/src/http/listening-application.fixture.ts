import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { INestApplication, NestApplicationOptions, Type } from '@nestjs/common';
import { type AbstractHttpAdapter, NestFactory } from '@nestjs/core';

/** An application that takes requests. */
export interface ListeningApplication {
  readonly app: INestApplication;
  /** Its port on 127.0.0.1; 0 where it listens on a socket. */
  readonly port: number;
}

/** How it is started. */
export interface ListenOptions extends NestApplicationOptions {
  /** What a `main.ts` does to it before it listens. */
  readonly prepare?: (app: INestApplication) => void;
  /** A Unix domain socket instead of a free port. */
  readonly socketPath?: string;
}

/** Starts an application as a `main.ts` does; whoever starts it closes it. */
export async function listen(
  module: Type,
  adapter: AbstractHttpAdapter,
  { prepare, socketPath, ...options }: ListenOptions = {},
): Promise<ListeningApplication> {
  const app = await NestFactory.create(module, adapter, { bufferLogs: true, ...options });
  prepare?.(app);
  if (socketPath !== undefined) {
    await app.listen(socketPath);
    return { app, port: 0 };
  }
  await app.listen(0, '127.0.0.1');
  return { app, port: ((app.getHttpServer() as Server).address() as AddressInfo).port };
}
