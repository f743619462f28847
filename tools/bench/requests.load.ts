import { Pool } from 'undici';

/** Connections that are kept open; on each the next request follows its answer. */
const CONNECTIONS = 16;
const REQUEST = {
  method: 'GET',
  headers: {
    accept: 'application/json',
    'user-agent': 'bench/1.0',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  },
} as const;

/** Asks a server of this machine, with as many requests under way as there are connections. */
export class RequestLoad {
  private readonly pool: Pool;

  constructor(port: number) {
    this.pool = new Pool(`http://127.0.0.1:${port}`, { connections: CONNECTIONS, pipelining: 1 });
  }

  /**
   * Sends at least so many requests, for at least so long; resolves with how many there were once all are answered.
   *
   * @throws {Error} for an answer that is not 200.
   */
  async send({ requests, seconds }: { readonly requests: number; readonly seconds: number }): Promise<number> {
    const until = performance.now() + seconds * 1000;
    let sent = 0;
    const one = async (): Promise<void> => {
      while (sent < requests || performance.now() < until) {
        sent += 1;
        const { statusCode, body } = await this.pool.request({ ...REQUEST, path: `/things/${sent % 1000}` });
        await body.dump();
        if (statusCode !== 200) throw new Error(`the server answered ${statusCode}`);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, one));
    return sent;
  }

  async end(): Promise<void> {
    await this.pool.destroy();
  }
}
