import { IgnorePlugin, optimize } from '@rspack/core';

// Everything in one file; what Nest loads only where it is installed is left out.
const OPTIONAL =
  /^(@nestjs\/(microservices|websockets)|class-transformer|class-validator|@fastify\/(multipart|view|static))(\/|$)/;

export default (options) => ({
  ...options,
  externals: [],
  externalsPresets: { node: true },
  plugins: [
    ...(options.plugins ?? []),
    new IgnorePlugin({ checkResource: (name) => OPTIONAL.test(name) }),
    new optimize.LimitChunkCountPlugin({ maxChunks: 1 }),
  ],
});
