import 'reflect-metadata';

/**
 * Gives a wrapper what others read from the method: name, length, source text, kind (async, generator), own properties, and every
 * Reflect metadata. Guards, pipes and Swagger look all of it up on the function, and without it a role check passes silently.
 */
export function keepMethodIdentity<T extends object>(wrapper: T, method: object): T {
  const prototype = Object.getPrototypeOf(method) as object;
  // AsyncFunction, GeneratorFunction: some libraries ask for the kind before they call.
  if (prototype !== Function.prototype) Object.setPrototypeOf(wrapper, prototype);
  for (const key of Reflect.ownKeys(method)) {
    const descriptor = Object.getOwnPropertyDescriptor(method, key);
    // `arguments` and `caller` of a sloppy function cannot be copied, and nobody reads them.
    if (descriptor !== undefined) Reflect.defineProperty(wrapper, key, descriptor);
  }
  if (!Object.hasOwn(wrapper, 'toString')) {
    Object.defineProperty(wrapper, 'toString', {
      configurable: true,
      writable: true,
      value: () => Function.prototype.toString.call(method),
    });
  }
  for (const metadataKey of Reflect.getMetadataKeys(method) as unknown[]) {
    Reflect.defineMetadata(metadataKey, Reflect.getMetadata(metadataKey, method), wrapper);
  }
  return wrapper;
}
