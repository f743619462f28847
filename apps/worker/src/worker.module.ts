import { Module } from '@nestjs/common';
import { ObservabilityModule } from 'nestjs-onetrace';
import { ConnectorModule } from 'nestjs-onetrace/connector';
import { PipelineActivities } from './activities/pipeline.activities.js';
import { readSettings } from './settings.js';
import { WORKER_SETTINGS, WorkerHost } from './worker.host.js';

/** Room for the waits between three attempts, so that the last one still has its whole timeout. */
const RETRY_WAITS_MS = 5000;

const settings = readSettings();
const timeouts = { headersMs: settings.modelTimeoutMs, totalMs: settings.modelTimeoutMs * 3 + RETRY_WAITS_MS };

/** The worker: pipelines as Temporal workflows, their activities, and the connectors to the inference servers. */
@Module({
  imports: [
    ObservabilityModule.forRoot({ component: 'worker' }),
    ConnectorModule.register({ name: 'llm', protocol: 'openai', baseUrl: settings.openAiUrl, timeouts }),
    ConnectorModule.register({ name: 'tensors', protocol: 'kserve', baseUrl: settings.kserveUrl, timeouts }),
  ],
  providers: [{ provide: WORKER_SETTINGS, useValue: settings }, PipelineActivities, WorkerHost],
})
export class WorkerModule {}
