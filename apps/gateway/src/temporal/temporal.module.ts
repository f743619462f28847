import { Inject, Injectable, Module, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Client, Connection } from '@temporalio/client';
import { ensureSearchAttribute, temporalTracing } from 'nestjs-onetrace/temporal';
import { GATEWAY_SETTINGS, type GatewaySettings, readSettings } from '../settings.js';

/** Registers the search attribute at the start, and closes the connection at the end. */
@Injectable()
export class TemporalLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  /** The namespace was asked for the search attribute, with whatever outcome: runs started from now on can be searched for if ever. */
  prepared = false;

  constructor(
    private readonly client: Client,
    @Inject(GATEWAY_SETTINGS) private readonly settings: GatewaySettings,
  ) {}

  onApplicationBootstrap(): void {
    // Not awaited: the API answers (with 503) also while Temporal is down. Never rejects.
    void ensureSearchAttribute(this.client.connection, this.settings.TEMPORAL_NAMESPACE).then(() => {
      this.prepared = true;
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.client.connection.close();
  }
}

/** The Temporal client, connected at its first use. */
@Module({
  providers: [
    { provide: GATEWAY_SETTINGS, useFactory: () => readSettings() },
    {
      provide: Client,
      useFactory: (settings: GatewaySettings): Client =>
        new Client({
          connection: Connection.lazy({ address: settings.TEMPORAL_ADDRESS }),
          namespace: settings.TEMPORAL_NAMESPACE,
          plugins: [temporalTracing()],
        }),
      inject: [GATEWAY_SETTINGS],
    },
    TemporalLifecycle,
  ],
  exports: [Client, GATEWAY_SETTINGS, TemporalLifecycle],
})
export class TemporalModule {}
