// Everything in one file; what Nest loads only where it is installed is left out.
const OPTIONAL =
  /^(@nestjs\/(microservices|websockets)|class-transformer|class-validator|@fastify\/(view|static))(\/|$)/;

module.exports = (options, webpack) => ({
  ...options,
  externals: [],
  resolve: { ...options.resolve, extensionAlias: { '.js': ['.ts', '.js'] } },
  plugins: [
    ...options.plugins,
    new webpack.IgnorePlugin({ checkResource: (name) => OPTIONAL.test(name) }),
    new webpack.optimize.LimitChunkCountPlugin({ maxChunks: 1 }),
  ],
});
