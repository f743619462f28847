// One line for people; its stdout is a pipe.
import { NestFactory } from '@nestjs/core';
import { componentLogger, ObservabilityModule } from 'nestjs-onetrace';

const module = ObservabilityModule.forRoot({ component: 'gateway', logging: { pretty: true, level: 'info' } });
const app = await NestFactory.createApplicationContext(module, { logger: false });
componentLogger().info('hello');
await app.close();
