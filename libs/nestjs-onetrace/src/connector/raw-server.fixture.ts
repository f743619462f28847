import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

/** What a server does with a connection over which a whole request has come; or, by `onConnection`, at once. */
export type Conversation = (socket: Socket) => void;

/** Servers that need not speak HTTP; `close` ends them with their connections. */
export class RawServers {
  /** Connections that have been accepted, of all servers. */
  readonly sockets: Socket[] = [];
  /** Of each connection on which `answering` has listened: until its client has closed it. */
  readonly left: Promise<unknown>[] = [];
  private readonly servers: Server[] = [];

  /** Talks once the headers of a request are there. */
  async answering(talk: Conversation): Promise<string> {
    return this.listen(
      createServer({ allowHalfOpen: true }, (socket) => {
        let received = '';
        this.left.push(new Promise((resolve) => socket.once('end', resolve).once('close', resolve)));
        socket.on('data', (chunk) => {
          received += chunk.toString('latin1');
          if (!received.includes('\r\n\r\n')) return;
          received = '';
          talk(socket);
        });
      }),
    );
  }

  /** Talks as soon as somebody connects. */
  async onConnection(talk: Conversation): Promise<string> {
    return this.listen(createServer(talk));
  }

  /** Speaks TLS with a certificate that nobody has signed. */
  async selfSigned(): Promise<string> {
    return this.listen(createTlsServer({ key: KEY, cert: CERTIFICATE }));
  }

  async close(): Promise<void> {
    this.left.length = 0;
    for (const socket of this.sockets.splice(0)) socket.destroy();
    for (const server of this.servers.splice(0)) {
      server.close();
      await once(server, 'close');
    }
  }

  private async listen(server: Server): Promise<string> {
    this.servers.push(server);
    server.on('connection', (socket: Socket) => {
      this.sockets.push(socket);
      socket.on('error', () => undefined);
    });
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
}

// For localhost and 127.0.0.1, until 2126; made for these tests.
const KEY = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg7UgDDbqdKitMmEY9
tpQ9OPdovPdweBpmjFxFdvWRXJGhRANCAARW4+Z0AodzDwaOMpl5mLVN1bL5zj/r
2joyQsOALCYPMY49sy3YnHNp1UVzFsaSCZqUK0e0LoeazpUbGBUJGj1P
-----END PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUF0NKM6P7Xb3CnaEAef5+qG+X8dQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTE3MDUxMFoYDzIxMjYxMDI4
MTcwNTEwWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAARW4+Z0AodzDwaOMpl5mLVN1bL5zj/r2joyQsOALCYPMY49sy3YnHNp
1UVzFsaSCZqUK0e0LoeazpUbGBUJGj1Po28wbTAdBgNVHQ4EFgQU8PfYHiV8+EoY
50XUF0MOUbv5zkAwHwYDVR0jBBgwFoAU8PfYHiV8+EoY50XUF0MOUbv5zkAwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhAJD91lYSU/okChbvTZmAbiBU7TEtt2OUY7bdReqIOHIOAiEA
3td2LS4d1N6aCwgJBXGhShpd8F01RbwYuhxs5p67AYY=
-----END CERTIFICATE-----`;
