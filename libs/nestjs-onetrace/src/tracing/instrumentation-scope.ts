/** Name of the instrumentation scope of every span of this library. */
export const SCOPE = { name: 'nestjs-onetrace', version: '0.1.0' } as const;
