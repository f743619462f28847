import { afterEach, expect, it } from '@jest/globals';
import { Logger, type LoggerService, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { componentLogger } from '../logging/index.js';
import { ObservabilityModule } from './observability.module.js';

const nest = Logger as unknown as { staticInstanceRef: LoggerService | undefined };
const before = nest.staticInstanceRef;
afterEach(() => {
  nest.staticInstanceRef = before;
});

it("leaves Nest's Logger silent where the application has said so, and writes the lines of the library", async () => {
  const lines: string[] = [];
  const destination = { write: (text: string) => void lines.push((JSON.parse(text) as { message: string }).message) };

  @Module({
    imports: [ObservabilityModule.forRoot({ component: 'gateway', export: 'none', logging: { destination } })],
  })
  class App {}

  const app = await NestFactory.createApplicationContext(App, { logger: false });
  try {
    new Logger('Cart').error('nobody wants this');
    componentLogger().info('ours');
    expect(lines).toContain('ours');
    expect(lines).not.toContain('nobody wants this');
    expect(lines.filter((message) => message.includes('initialized'))).toEqual([]);
  } finally {
    await app.close();
  }
});
