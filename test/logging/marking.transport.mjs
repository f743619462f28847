import { Transform } from 'node:stream';

/** First piece of a pipeline of pino's: hands on what it gets. */
export default () =>
  new Transform({
    transform(chunk, _encoding, done) {
      done(null, chunk);
    },
  });
