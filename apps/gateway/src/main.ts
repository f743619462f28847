import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GatewayModule } from './gateway.module.js';
import { GATEWAY_SETTINGS, type GatewaySettings } from './settings.js';

const app = await NestFactory.create(GatewayModule, { bufferLogs: true });
app.enableShutdownHooks();
const { PORT, HOST } = app.get<GatewaySettings>(GATEWAY_SETTINGS);
await app.listen(PORT, HOST);
new Logger('Gateway').log(`listening on ${await app.getUrl()}`);
